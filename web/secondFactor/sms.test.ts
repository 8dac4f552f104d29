/** The mobile number and its code: errors are explained, and there is always a way back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { securityNotice } from '../../db/securityNotices.ts';
import { verifiedPhone } from '../../db/smsCodes.ts';
import { OWN_PASSWORD, visible } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).to('sms');
});

const codes = () => testEnv.db.sql('sms_code').where({ personId: anna.personId }).orderBy('requestedAt');
const setCode = (columns: object) =>
  testEnv.db.sql('sms_code').where({ personId: anna.personId }).update(columns);
const ago = (interval: string) => testEnv.db.sql.raw(`now() - ?::interval`, [interval]);
const wrongOf = (code: string) => (code === '000000' ? '000001' : '000000');

describe('the number', () => {
  it.each([
    ['', 'Vul uw mobiele nummer in, bijvoorbeeld 06 12345678.'],
    ['06 1234', 'Dit is geen geldig telefoonnummer.'],
    ['geen', 'Dit is geen geldig telefoonnummer.'],
    ['020 624 1111', 'Dit is geen mobiel nummer.'],
    ['+1 201 555 0123', 'Naar dit land kunnen we geen SMS sturen.'],
    ['6'.repeat(10_000), 'Dit is geen geldig telefoonnummer.'],
    ['"><script>alert(1)</script>', 'Dit is geen geldig telefoonnummer.'],
  ])(
    '"%.30s" is refused with words at the field, and what was typed is kept as text',
    async (phone, words) => {
      await anna.askCode(phone);
      expectRejected(anna, 'phone', words);
      expect(anna.page.text).not.toContain('<script>alert');
      if (phone)
        expect(anna.page.text).toContain(
          `value="${phone.replace('"><script>', '&quot;&gt;&lt;script&gt;').replace('</script>', '&lt;/script&gt;')}"`,
        );
      expect(await codes()).toEqual([]);
    },
  );

  it('is sent to without a value for the button, which means the main one', async () => {
    await anna.submit({ phone: anna.phone });
    expect(anna.path).toBe('/onboarding/sms/code');
  });

  it('that was typed need not be typed again, and the code that is under way is a click away', async () => {
    await anna.doStep('sms');
    await anna.open('/onboarding/sms');
    expect(anna.page.text).toMatch(new RegExp(`name="phone"[^>]*value="\\+31 6 ${anna.phone.slice(4)}"`));
    expect(anna.reads).toContain(`Er is al een code gestuurd naar +31 6 ${anna.phone.slice(4)}.`);
    expect(anna.page.text).toContain('<a href="/onboarding/sms/code">Vul de code in</a>');
    await setCode({ requestedAt: ago('6 minutes') });
    await anna.open('/onboarding/sms');
    expect(anna.page.text).toContain(`value="+31 6 ${anna.phone.slice(4)}"`);
    expect(anna.reads).not.toContain('Er is al een code gestuurd');
  });

  it('is offered when the sender knows it', async () => {
    const bob = new Participant(testEnv);
    await bob.invited({ to: { email: bob.email, mobile: '06 1234 5678' } });
    await bob.to('sms');
    expect(bob.page.text).toContain('value="+31 6 12345678"');
  });
});

describe('the page of the code', () => {
  beforeEach(() => anna.doStep('sms'));

  it('shows the number in full, so that a typing error is seen', () => {
    expect(anna.reads).toContain(`+31 6 ${anna.phone.slice(4)}`);
  });

  it.each([
    ['', 'Vul de code uit de SMS in.'],
    ['12345', 'De code heeft zes cijfers.'],
    ['1234567', 'De code heeft zes cijfers.'],
    ['abcdef', 'De code heeft zes cijfers.'],
    ['de code 123456 of 654321', 'De code heeft zes cijfers.'],
  ])('"%s" is refused in words, not counted as a try, and not shown again', async (code, words) => {
    await anna.enterCode(code);
    expectRejected(anna, 'code', words);
    if (code) expect(anna.page.text).not.toContain(`value="${code}"`);
    expect((await codes())[0]!.tries).toBe(0);
  });

  it('a wrong code is refused; after five it is dead, also for the right one', async () => {
    const code = await anna.smsCode();
    for (let i = 0; i < 5; i++) {
      await anna.enterCode(wrongOf(code));
      expectRejected(anna, 'code', 'Deze code is niet juist.');
    }
    await anna.enterCode(code);
    expectRejected(anna, 'code', 'werkt niet meer. Laat een nieuwe SMS sturen.');
    expect((await anna.row()).smsVerifiedAt).toBeNull();
  });

  it('200 guesses at once, the right one among them: at most five are compared', async () => {
    const code = await anna.smsCode();
    const guesses = Array.from({ length: 200 }, (_, i) =>
      String((Number(code) + i - 150 + 1_000_000) % 1_000_000),
    );
    const answers = await Promise.all(
      guesses.map((guess) => anna.post(anna.path, { code: guess.padStart(6, '0'), action: 'confirm' })),
    );
    const compared = answers.filter(
      ({ status, text }) => status === 303 || text.includes('Deze code is niet juist'),
    );
    expect(compared.length).toBeLessThanOrEqual(5);
    expect((await codes())[0]!.tries).toBeLessThanOrEqual(5);
  });

  it('a right code that is too old says so, and a new one is a click', async () => {
    const code = await anna.smsCode();
    await setCode({ requestedAt: ago('6 minutes') });
    await anna.enterCode(code);
    expectRejected(anna, 'code', 'Deze code is verlopen. Laat een nieuwe SMS sturen.');
    await anna.submit({ action: 'resend' });
    await anna.enterCode(await anna.smsCode());
    expect(anna.path).toBe('/onboarding/app');
  });

  it('is not sent again too soon; the page says when it may', async () => {
    await anna.submit({ action: 'resend' });
    expect([anna.path, anna.page.status]).toEqual(['/onboarding/sms/code', 200]);
    expect(await codes()).toHaveLength(1);
    expect(anna.reads).toMatch(
      /We hebben net al een SMS gestuurd. Opnieuw sturen kan over (30|29|28) seconden/,
    );
    const [part] = /<details[^>]*id="not-received" open>[\s\S]*/.exec(anna.page.text) ?? [''];
    expect(part.indexOf('data-countdown')).toBeGreaterThan(0);
    expect(part.indexOf('data-countdown')).toBeLessThan(part.indexOf('value="resend"'));
  });

  it('ten a day are sent, then the page says so and names the app', async () => {
    for (let i = 0; i < 9; i++) {
      const earlier = testEnv.db.sql.raw(`requested_at - interval '10 minutes'`);
      await setCode({ requestedAt: earlier, sentAt: earlier });
      await anna.submit({ action: 'resend' }, '/onboarding/sms/code');
    }
    expect(await codes()).toHaveLength(10);
    await anna.longAfter();
    await anna.submit({ action: 'resend' }, '/onboarding/sms/code');
    expectRejected(anna, 'code', 'Vandaag kunnen we geen SMS meer sturen: er zijn er al te veel gestuurd.');
    expect(anna.page.text).toContain('href="/onboarding/app"');
    expect(await codes()).toHaveLength(10);
  });

  it('of two codes the newest counts', async () => {
    const first = await anna.smsCode();
    await anna.longAfter();
    await anna.submit({ action: 'resend' });
    await anna.enterCode(first);
    expectRejected(anna, 'code', 'Kijk naar de nieuwste SMS');
    await anna.enterCode(await anna.smsCode());
    expect(anna.path).toBe('/onboarding/app');
  });

  it('accepts the code as people type it', async () => {
    const code = await anna.smsCode();
    await anna.submit({ code: ` ${code.slice(0, 3)} - ${code.slice(3)} `, action: 'confirm' });
    expect(anna.path).toBe('/onboarding/app');
  });

  const setNow = (columns: Record<string, string>) =>
    setCode(
      Object.fromEntries(
        Object.entries(columns).map(([name, value]) => [
          name,
          value === 'now' ? testEnv.db.sql.fn.now() : value,
        ]),
      ),
    );

  it.each([
    [{ failure: 'delayed', failedAt: 'now' }, 'een paar minuten proberen. U kunt ook de app gebruiken.'],
    [{ sentAt: 'now' }, 'De SMS is verstuurd.'],
    [{ failure: null }, 'De SMS is onderweg.'],
  ])('says by itself what became of the SMS, beside the code: %o', async (columns, words) => {
    await setNow(columns as Record<string, string>);
    await anna.open('/onboarding/sms/code');
    expect(anna.reads).toContain('Vul de code uit de SMS in');
    expect(anna.reads).toContain(words);
    const { text, status, headers } = await anna.ask('/onboarding/sms/code/delivery');
    expect(status).toBe(200);
    expect(headers.get('HX-Redirect')).toBeNull();
    expect(visible(text)).toContain(words);
  });

  const CHANGE = /<a class="primary" href="\/onboarding\/sms">Telefoonnummer wijzigen</;
  const AGAIN = /<button class="primary" name="action" value="resend">De SMS opnieuw sturen</;
  it.each([
    ['bad-number', 'Dit nummer kan geen SMS ontvangen', 'Wijzig het nummer of gebruik de app.', CHANGE],
    ['country', 'Naar dit land kunnen we geen SMS sturen', 'Wijzig het nummer of', CHANGE],
    ['blocked', 'De SMS wordt tegengehouden', 'Antwoord dan START op dat bericht. Laat hem opnieuw', AGAIN],
    ['unreachable', 'De SMS is niet aangekomen', 'en hebt u bereik? Laat hem opnieuw sturen', AGAIN],
    ['refused', 'De SMS kon niet worden verstuurd', 'Laat hem opnieuw sturen, wijzig', AGAIN],
    ['not-delivered', 'De SMS is niet aangekomen', 'Laat hem opnieuw sturen, wijzig', AGAIN],
    ['too-late', 'De SMS kon niet op tijd worden verstuurd', 'Laat een nieuwe sturen of', AGAIN],
  ])('is about what helps when no code will come: %s', async (failure, title, words, main) => {
    await setNow({ failedAt: 'now', failure });
    await anna.open('/onboarding/sms/code');
    expect(anna.page.text).toContain(`<h1>${title}</h1>`);
    expect(anna.reads).toContain(words);
    const [first] = /<(?:a|button) class="primary"[^>]*>[^<]*</.exec(anna.page.text) ?? [];
    expect(first).toMatch(main);
    expect(anna.page.text.match(/class="primary"/g)).toHaveLength(1);
    if (main === CHANGE) expect(anna.page.text).not.toMatch(/name="code"|value="resend"/);
    expect(anna.page.text).toContain('<a class="secondary" href="/onboarding/app">');
    // The current page is reloaded, because it now has another heading.
    const { headers, text } = await anna.ask('/onboarding/sms/code/delivery?told=on-its-way');
    expect(headers.get('HX-Redirect')).toBe('/onboarding/sms/code');
    expect(visible(text)).toContain(`${title}. `);
    expect(visible(text)).toContain(words);
  });

  describe('without JavaScript', () => {
    const loadsAgainAfterS = async () => {
      await anna.open('/onboarding/sms/code');
      const [, seconds] =
        /<noscript><meta http-equiv="refresh" content="(\d+)"><\/noscript>/.exec(anna.page.text) ?? [];
      return seconds && Number(seconds);
    };

    it('loads itself again soon while the SMS is on its way, and less and less often', async () => {
      expect(await loadsAgainAfterS()).toBe(3);
      await setCode({ requestedAt: ago('100 seconds') });
      expect(await loadsAgainAfterS()).toBeGreaterThanOrEqual(50);
    });

    it.each([
      ['it has arrived', { sentAt: 'now', deliveredAt: 'now' }],
      ['it failed', { failedAt: 'now', failure: 'bad-number' }],
    ])('no longer once %s', async (_what, columns) => {
      await setNow(columns as Record<string, string>);
      expect(await loadsAgainAfterS()).toBeUndefined();
    });

    it('no longer once the code is dead', async () => {
      await setCode({ requestedAt: ago('6 minutes') });
      expect(await loadsAgainAfterS()).toBeUndefined();
      expect(anna.page.text).toContain('<h1>De code is verlopen</h1>');
    });

    it('not after a rejected code, whose words would be gone', async () => {
      expect(await loadsAgainAfterS()).toBe(3);
      await anna.enterCode('12');
      expectRejected(anna, 'code', 'De code heeft zes cijfers.');
      expect(anna.page.text).not.toContain('http-equiv="refresh"');
    });
  });
});

describe('a changed number', () => {
  it('makes the code of the old number worth nothing', async () => {
    await anna.doStep('sms');
    const old = await anna.smsCode();
    await anna.open('/onboarding/sms');
    await anna.askCode('06 87654321');
    await anna.enterCode(old);
    expect(anna.page.status).toBe(422);
  });
});

describe('a confirmed number', () => {
  const OTHER = '+31687654321';
  const replace = (phone: string, password: string) => anna.submit({ phone, password, action: 'send' });
  const notices = () => testEnv.db.sql('security_notice').where({ personId: anna.personId });

  beforeEach(async () => {
    await anna.doStep('sms');
    await anna.doStep('smsCode');
    await anna.open('/onboarding/sms');
  });

  it('is replaced only once the other one is confirmed', async () => {
    await replace('06 87654321', OWN_PASSWORD);
    expect(await verifiedPhone(testEnv.db, anna.personId)).toBe(anna.phone);
    expect(await notices()).toEqual([]);
    await anna.doStep('smsCode');
    expect(await verifiedPhone(testEnv.db, anna.personId)).toBe(OTHER);
  });

  it.each([
    ['', 'Vul uw eigen wachtwoord in.'],
    ['not mine', WORDS.ownPassword.nl.errors.wrong],
  ])('is not replaced with "%s" for the password', async (password, words) => {
    const before = (await codes()).length;
    await replace('06 87654321', password);
    expectRejected(anna, 'password', words);
    expect(anna.page.text).toContain('value="06 87654321"');
    expect(await codes()).toHaveLength(before);
  });

  it('is told once, at the old number, which no row has in plain text', async () => {
    await replace('06 87654321', OWN_PASSWORD);
    await anna.doStep('smsCode');
    const [notice, ...more] = await notices();
    expect([notice?.device, more]).toEqual(['computer', []]);
    expect(JSON.stringify(notice)).not.toContain(anna.phone);
    expect(await securityNotice(testEnv.db, notice!.id)).toMatchObject({ phone: anna.phone });
  });

  it('that is entered again is told nothing', async () => {
    await replace(anna.phone, OWN_PASSWORD);
    await anna.doStep('smsCode');
    expect(await notices()).toEqual([]);
  });

  it('is not replaced by a code that another session asked for before', async () => {
    const bob = await new Participant(testEnv).to('profile', 'app');
    const there = bob.elsewhere();
    await there.openLink();
    await there.submit({ password: OWN_PASSWORD });
    await there.submit({ token: await there.token() });
    await there.open('/onboarding/sms');
    await there.askCode('06 87654321');
    const old = await there.smsCode();
    await bob.open('/onboarding/sms');
    await bob.doStep('sms');
    await bob.doStep('smsCode');
    await there.open('/onboarding/sms/code');
    expect(there.path).toBe('/onboarding/sms');
    await there.submit({ code: old, action: 'confirm' }, '/onboarding/sms/code');
    expect(await verifiedPhone(testEnv.db, bob.personId)).toBe(bob.phone);
  });
});

describe('skipping', () => {
  it('both is refused plainly, with the way to both, and "I can’t do this"', async () => {
    await anna.skip();
    expect(anna.path).toBe('/onboarding/app');
    await anna.skip();
    expectRejected(anna, 'token', 'U hebt SMS al overgeslagen. Eén van de twee is nodig');
    expect(anna.page.text).toContain('href="/onboarding/sms"');
    expect(anna.page.text).toContain('href="/onboarding/help"');
    expect((await anna.row()).appSkippedAt).toBeNull();
  });

  it('the app first and then SMS is refused the same way', async () => {
    await anna.open('/onboarding/app');
    await anna.skip();
    expect(anna.path).toBe('/onboarding/sms');
    await anna.skip();
    expectRejected(anna, 'phone', 'U hebt de authenticatie-app al overgeslagen.');
    expect(anna.page.text).toContain('href="/onboarding/app"');
    expect((await anna.row()).smsSkippedAt).toBeNull();
  });

  it('both at the same moment leaves one open', async () => {
    await Promise.all([
      anna.post('/onboarding/sms', { action: 'skip' }),
      anna.post('/onboarding/app', { action: 'skip' }),
    ]);
    const { smsSkippedAt, appSkippedAt } = await anna.row();
    expect([smsSkippedAt, appSkippedAt].filter((at) => at === null)).toHaveLength(1);
  });

  it('SMS, trying the app, giving up and going back to SMS works', async () => {
    await anna.skip();
    await anna.registerApp('000000');
    await anna.open('/onboarding/sms');
    await anna.doStep('sms');
    expect((await anna.row()).smsSkippedAt).toBeNull();
    await anna.doStep('smsCode');
    expect(anna.path).toBe('/onboarding/app');
    await anna.skip();
    expect(anna.path).toBe('/onboarding/profile');
  });
});

describe('somebody who has registered the app while the SMS did not come', () => {
  const main = () => /<(?:a|button) class="primary"[^>]*>([^<]*)</.exec(anna.page.text)?.[1];
  beforeEach(async () => {
    await anna.doStep('sms');
    await anna.open('/onboarding/app');
    await anna.doStep('app');
  });

  it('is told that SMS is a choice now, with the way on first', async () => {
    expect(anna.path).toBe('/onboarding/sms');
    expect(anna.reads).toContain('Uw authenticatie-app is geregistreerd, dus SMS is niet meer nodig.');
    expect(anna.reads).not.toContain('Naast uw wachtwoord hebt u een code nodig');
    expect(main()).toBe('Verder zonder SMS');
    await anna.skip();
    expect(anna.path).toBe('/onboarding/profile');
  });

  it('finds the way on at the page of the code, too', async () => {
    await anna.open('/onboarding/sms/code');
    expect(main()).toBe('Doorvoeren');
    expect(anna.reads).toContain('Verder zonder SMS');
    await setCode({ failedAt: testEnv.db.sql.fn.now(), failure: 'bad-number' });
    await anna.open('/onboarding/sms/code');
    expect(main()).toBe('Verder zonder SMS');
    expect(anna.reads).not.toContain('De authenticatie-app gebruiken');
    await anna.post('/onboarding/sms', { action: 'skip' });
    expect((await anna.row()).smsSkippedAt).not.toBeNull();
  });
});

it('somebody who changes a confirmed number can go on without', async () => {
  await anna.doStep('sms');
  await anna.doStep('smsCode');
  await anna.open('/onboarding/sms');
  expect(anna.page.text).toContain('<a class="primary" href="/onboarding/app">Verder</a>');
  await anna.askCode('06 87654321');
  await setCode({ failedAt: testEnv.db.sql.fn.now(), failure: 'bad-number' });
  await anna.open('/onboarding/sms/code');
  expect(anna.page.text).toContain('<a class="primary" href="/onboarding/app">Verder</a>');
});

describe('a code belongs to the session that asked for it', () => {
  it('on another device a new one is asked for at once, and each is entered where it was asked for', async () => {
    await anna.doStep('sms');
    const first = await anna.smsCode();
    const phone = anna.elsewhere();
    await phone.openLink();
    await phone.submit({ password: OWN_PASSWORD });
    await phone.open('/onboarding/sms');
    expect(phone.page.text).not.toContain('/onboarding/sms/code');
    await phone.submit({ phone: anna.phone, action: 'send' });
    expect(phone.path).toBe('/onboarding/sms/code');
    expect(await codes()).toHaveLength(2);
    await phone.submit({ code: first, action: 'confirm' });
    expectRejected(phone, 'code', 'Deze code is niet juist.');
    await anna.open('/onboarding/sms/code');
    await anna.submit({ code: first, action: 'confirm' });
    expect(anna.path).toBe('/onboarding/app');
  });

  it('another number waits as the same one does: it stays, and the page says how long', async () => {
    await anna.doStep('sms');
    await anna.open('/onboarding/sms');
    await anna.submit({ phone: '06 87654321', action: 'send' });
    expect(anna.page.status).toBe(422);
    expect(anna.reads).toMatch(/Over \d+ seconden kunt u er een naar een ander nummer laten sturen/);
    expect(anna.page.text).toContain('value="06 87654321"');
    expect(await codes()).toHaveLength(1);
  });
});
