/** Reading: only one’s own released messages, and the first reading is stamped once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccount } from '../../db/accounts.ts';
import { releasedMessages } from '../../db/messages.ts';
import { visible } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { sendMessage } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const rowOf = (id: string) => testEnv.db.sql('message').where({ id }).first();
/** A second message that the workflow has released. */
async function another(anna: Participant, body: object = {}, released = true): Promise<string> {
  const { answer } = await sendMessage(testEnv, { email: anna.email, body });
  if (released)
    await testEnv.db.sql('message').where({ id: answer.id }).update({ releasedAt: testEnv.db.sql.fn.now() });
  return answer.id;
}

/** What a screen reader announces for each row of the list. */
async function linksOf(anna: Participant): Promise<string[]> {
  const { text } = await anna.ask('/messages');
  const links = text.matchAll(/<a href="\/messages\/[^"]+">([\s\S]*?)<\/a>/g);
  return [...links].map(([, markup = '']) => visible(markup));
}

describe('a message', () => {
  it('is read with its subject, its sender and its text', async () => {
    const anna = await new Participant(testEnv).finished();
    await anna.open(`/messages/${anna.sent!.id}`);
    expect(anna.reads).toContain('Uw aanstelling');
    expect(anna.reads).toContain('Van: Afdeling Personeel (Gemeente Voorbeeld)');
    expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');
  });

  it('is text: nothing in it is markup, and its lines stay as they were written', async () => {
    const anna = await new Participant(testEnv).finished();
    const body = 'Regel 1\n  <b>ingesprongen</b> & "zo"\n\nRegel 4';
    const { text } = await anna.ask(`/messages/${await another(anna, { body })}`);
    expect(text).toContain(
      '<div class="message">Regel 1\n  &lt;b&gt;ingesprongen&lt;/b&gt; &amp; &quot;zo&quot;\n\nRegel 4</div>',
    );
  });

  it('is stamped read once, at the first reading, ten at once too', async () => {
    const anna = await new Participant(testEnv).finished();
    const id = await another(anna);
    const before = await anna.events();
    await Promise.all(Array.from({ length: 10 }, () => anna.ask(`/messages/${id}`)));
    const { readAt } = (await rowOf(id))!;
    expect(readAt).toBeInstanceOf(Date);
    await anna.open(`/messages/${id}`);
    expect((await rowOf(id))!.readAt).toEqual(readAt);
    expect((await anna.events()).slice(before.length)).toEqual(['message.read']);
  });

  it('is not stamped read by a HEAD or by the list', async () => {
    const anna = await new Participant(testEnv).finished();
    const id = await another(anna);
    await anna.ask(`/messages/${id}`, { method: 'HEAD' });
    await anna.open('/messages');
    expect(anna.reads).toContain('Nieuw');
    expect((await rowOf(id))!.readAt).toBeNull();
  });

  it('of another person is not there, and not stamped', async () => {
    const [anna, bob] = [
      await new Participant(testEnv).finished(),
      await new Participant(testEnv).finished(),
    ];
    const id = await another(bob);
    const { status, text } = await anna.ask(`/messages/${id}`);
    expect(status).toBe(404);
    expect(text).not.toContain('vertrouwelijk.');
    expect((await rowOf(id))!.readAt).toBeNull();
  });

  it('that was not released yet is not there, and not in the list', async () => {
    const anna = await new Participant(testEnv).finished();
    const id = await another(anna, { subject: 'Nog niet' }, false);
    expect((await anna.ask(`/messages/${id}`)).status).toBe(404);
    await anna.open('/messages');
    expect(anna.reads).not.toContain('Nog niet');
  });

  it.each([
    'x',
    '0190a5f2-0000-7000-8000-000000000000',
    '0190a5f2-0000-7000-8000-00000000000g',
    '------------------------------------',
    "'%20or%20true",
  ])('that there is none of is answered 404: %s', async (id) => {
    const anna = await new Participant(testEnv).finished();
    expect((await anna.ask(`/messages/${id}`)).status).toBe(404);
  });
});

describe('the list', () => {
  it('says in each link who wrote what and when, and in words that it is new', async () => {
    const anna = await new Participant(testEnv).finished();
    await another(anna, { subject: 'Tweede' });
    const rows = await linksOf(anna);
    const row = /^Afdeling Personeel \(Gemeente Voorbeeld\) \S.* \d{4} om \d\d:\d\d \(Nederlandse tijd\)$/;
    expect(rows.map((words) => words.startsWith('Nieuw '))).toEqual([true, false]);
    expect(rows.map((words) => words.replace(/^Nieuw /, ''))).toEqual(
      Array(2).fill(expect.stringMatching(row)),
    );
    expect(rows[0]).toContain(' Tweede ');
    expect(rows[1]).toContain(' Uw aanstelling ');
  });

  it('that is empty says so, and that a mail comes', async () => {
    const anna = await new Participant(testEnv).finished();
    await testEnv.db.sql('message').where({ personId: anna.personId }).delete();
    await anna.open('/messages');
    expect(anna.reads).toContain('U hebt nu geen berichten');
    expect(anna.reads).toContain('U krijgt een e-mail zodra er een bericht voor u klaarstaat.');
  });

  it('has the newest first, and marks what is new', async () => {
    const anna = await new Participant(testEnv).finished();
    await another(anna, { subject: 'Tweede' });
    await another(anna, { subject: 'Derde' });
    await anna.open('/messages');
    const order = ['Derde', 'Tweede', 'Uw aanstelling'].map((subject) => anna.reads.indexOf(subject));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(anna.reads.match(/Nieuw/g)).toHaveLength(2);
  });

  it('has a way to sign out on it, and on each message', async () => {
    const anna = await new Participant(testEnv).finished();
    for (const path of ['/messages', `/messages/${anna.sent!.id}`])
      expect((await anna.ask(path)).text).toContain('action="/sign-out"');
  });
});

describe('the header', () => {
  it('says whose account it is, with the prefix, escaped', async () => {
    const anna = await new Participant(testEnv).to('profile');
    const name = { initials: 'A.', firstName: 'Anna <b>', prefix: 'van der', lastName: 'Jansen' };
    await anna.post(anna.path, { gender: 'female', ...name });
    await anna.openAccount();
    for (const path of [`/messages/${anna.sent!.id}`, '/messages', '/terms']) {
      await anna.open(path);
      expect(anna.reads, path).toContain('Ingelogd als Anna <b> van der Jansen');
    }
  });

  it('says no name to somebody who has not signed in', async () => {
    const anna = await new Participant(testEnv).finished();
    await anna.post('/sign-out', {});
    await anna.open('/sign-in');
    expect(anna.page.text).not.toContain('Jansen');
    expect(anna.reads).not.toContain('Ingelogd als');
  });
});

describe('the first visit', () => {
  const DONE = 'Het is gelukt, Anna. U bent klaar met instellen.';
  const NEXT = 'Zo leest u uw volgende bericht';

  it('says that all is done, and how to sign in next time', async () => {
    const anna = await new Participant(testEnv).finished('app');
    expect(anna.reads).toContain(DONE);
    expect(anna.reads).toContain(NEXT);
    const { host } = testEnv.config.PUBLIC_URL;
    expect(anna.reads).toContain(`Log in op ${host} met uw e-mailadres ${anna.email} en het wachtwoord`);
    expect(anna.reads).toContain('de code in die uw app laat zien.');
  });

  it.each([
    ['sms', 'de code in uit een SMS op uw telefoon.'],
    ['both', 'een code in: uit uw app, of uit een SMS op uw telefoon.'],
  ] as const)('names the second step that was set up: %s', async (factor, words) => {
    const anna = await new Participant(testEnv).finished(factor);
    expect(anna.reads).toContain(words);
  });

  it('is there in the list, too, until a message was opened', async () => {
    const anna = await new Participant(testEnv).to('finished');
    await anna.openAccount();
    for (const _time of [1, 2]) {
      await anna.open('/messages');
      expect(anna.reads).toContain(DONE);
      expect(anna.reads).toContain(NEXT);
    }
  });

  it('stays while its message is loaded again, and in the other language', async () => {
    const anna = await new Participant(testEnv).finished();
    const { path } = anna;
    await anna.open(path);
    expect(anna.reads).toContain(DONE);
    await anna.submit({ locale: 'en', back: path }, '/language');
    expect(anna.reads).toContain('All done, Anna. You have finished setting up.');
  });

  it('is over with the next page, the next message, the next sign-in, and when its message is gone', async () => {
    const anna = await new Participant(testEnv).finished();
    const first = anna.path;
    const elsewhere = anna.elsewhere();
    await elsewhere.signIn('app');
    const second = await another(anna);
    for (const [who, path] of [
      [anna, '/messages'],
      [anna, `/messages/${second}`],
      [elsewhere, first],
    ] as const) {
      await who.open(path);
      expect(who.reads, path).not.toContain(NEXT);
      expect(who.reads, path).not.toContain('Het is gelukt');
    }
    await testEnv.db.sql('message').where({ personId: anna.personId }).delete();
    await anna.open('/messages');
    expect(anna.reads).not.toContain(NEXT);
  });

  it('does not come back when the audit is too old to know of it', async () => {
    const anna = await new Participant(testEnv).finished();
    await testEnv.db.sql('audit').where({ personId: anna.personId }).delete();
    await anna.open('/messages');
    expect(anna.reads).not.toContain(NEXT);
  });
});

it('whose account it is takes one statement, and all messages another', async () => {
  const anna = await new Participant(testEnv).finished();
  const { personId } = anna;
  const asked: string[] = [];
  const note = ({ sql }: { sql: string }) => asked.push(sql);
  testEnv.db.sql.on('query', note);
  expect(await openAccount(testEnv.db, { personId, termsVersion: 'none' })).toMatchObject({ agreed: false });
  expect(await releasedMessages(testEnv.db, personId)).toHaveLength(1);
  testEnv.db.sql.off('query', note);
  expect(asked).toHaveLength(2);
});

it('after the last step the oldest unread message comes first', async () => {
  const anna = new Participant(testEnv);
  await anna.invited();
  const { answer } = await sendMessage(testEnv, { email: anna.email, body: { subject: 'Tweede' } });
  await anna.to('finished');
  await anna.openAccount();
  await anna.open('/onboarding/finished');
  expect(anna.path).toBe(`/messages/${anna.sent!.id}`);
  await anna.open('/onboarding/finished');
  expect(anna.path).toBe(`/messages/${answer.id}`);
});
