/** Double and triple clicks: the same form, posted repeatedly or several times at once, has one effect and no error. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { type Factor, Participant, type Place } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import type { Answer } from '../test/kit/webClient.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

type Form = {
  name: string;
  /** The person's step, and their factors. */
  place: Place;
  factor?: Factor;
  path: string;
  fields: (anna: Participant) => Promise<Record<string, string>>;
  /** Where every click leads. */
  leadsTo: string;
  /** The event that is audited once. */
  event: string;
  /** What is needed before the page exists. */
  first?: (anna: Participant) => Promise<unknown>;
};

const FORMS: Form[] = [
  {
    name: 'terms',
    place: 'terms',
    path: '/onboarding/terms',
    fields: (anna) => anna.rightFields('terms'),
    leadsTo: '/onboarding/password',
    event: 'terms.accepted',
  },
  {
    name: 'password',
    place: 'password',
    path: '/onboarding/password',
    fields: (anna) => anna.rightFields('password'),
    leadsTo: '/onboarding/sms',
    event: 'password.changed',
  },
  {
    name: 'send an SMS',
    place: 'sms',
    path: '/onboarding/sms',
    fields: (anna) => anna.rightFields('sms'),
    leadsTo: '/onboarding/sms/code',
    event: 'sms.requested',
  },
  {
    name: 'skip SMS',
    place: 'sms',
    path: '/onboarding/sms',
    fields: async () => ({ action: 'skip' }),
    leadsTo: '/onboarding/app',
    event: 'sms.skipped',
  },
  {
    name: 'send the SMS again',
    place: 'sms',
    path: '/onboarding/sms/code',
    first: async (anna) => {
      await anna.doStep('sms');
      await anna.longAfter();
    },
    fields: async () => ({ action: 'resend' }),
    leadsTo: '/onboarding/sms/code',
    event: 'sms.requested',
  },
  {
    name: 'code',
    place: 'sms',
    path: '/onboarding/sms/code',
    first: (anna) => anna.doStep('sms'),
    fields: (anna) => anna.rightFields('smsCode'),
    leadsTo: '/onboarding/app',
    event: 'sms.verified',
  },
  {
    name: 'token',
    place: 'app',
    path: '/onboarding/app',
    fields: (anna) => anna.rightFields('app'),
    leadsTo: '/onboarding/profile',
    event: 'app.verified',
  },
  {
    name: 'token, after a code',
    place: 'app',
    factor: 'both',
    path: '/onboarding/app',
    fields: (anna) => anna.rightFields('app'),
    leadsTo: '/onboarding/profile',
    event: 'app.verified',
  },
  {
    name: 'skip the app',
    place: 'app',
    factor: 'sms',
    path: '/onboarding/app',
    fields: async () => ({ action: 'skip' }),
    leadsTo: '/onboarding/profile',
    event: 'app.skipped',
  },
  {
    name: 'profile',
    place: 'profile',
    path: '/onboarding/profile',
    fields: (anna) => anna.rightFields('profile'),
    leadsTo: '/onboarding/finished',
    event: 'profile.saved',
  },
  {
    name: 'ask for help',
    place: 'sms',
    path: '/onboarding/help',
    fields: async () => ({ reason: 'no-phone' }),
    leadsTo: '/onboarding/help/asked',
    event: 'help.asked',
  },
];

async function ready({ place, factor, path, first }: Form): Promise<Participant> {
  const anna = await new Participant(testEnv).to(place, factor);
  await first?.(anna);
  await anna.open(path);
  return anna;
}

const places = (answers: Answer[]) => answers.map(({ status, location }) => [status, location]);

async function effects(anna: Participant, { event }: Form, before: string[]): Promise<string[]> {
  const events = await anna.events();
  return events.slice(before.length).filter((one) => one === event || one.endsWith('.refused'));
}

/** Restores the cookies afterwards, like a browser that dropped the answer. */
function withoutAnswers(anna: Participant): () => void {
  const kept = new Map(anna.cookies);
  return () => {
    anna.cookies.clear();
    for (const [name, value] of kept) anna.cookies.set(name, value);
  };
}

describe.each(FORMS)('$name', (form) => {
  const { path, leadsTo } = form;

  it('posted again after its answer ends at the right page, with one effect', async () => {
    const anna = await ready(form);
    const before = await anna.events();
    const fields = await form.fields(anna);
    const answers = [
      await anna.post(path, fields),
      await anna.post(path, fields),
      await anna.post(path, fields),
    ];
    expect(places(answers)).toEqual(answers.map(() => [303, leadsTo]));
    expect(await effects(anna, form, before)).toEqual([form.event]);
  });

  it.each([2, 3])('posted %i times at once ends at the right page, with one effect', async (count) => {
    const anna = await ready(form);
    const before = await anna.events();
    const fields = await form.fields(anna);
    const answers = await Promise.all(Array.from({ length: count }, () => anna.post(path, fields)));
    expect(places(answers)).toEqual(answers.map(() => [303, leadsTo]));
    expect(await effects(anna, form, before)).toEqual([form.event]);
  });

  it('clicked three times in a browser that lost the first two answers: the person goes on', async () => {
    const anna = await ready(form);
    const before = await anna.events();
    const fields = await form.fields(anna);
    const forget = withoutAnswers(anna);
    await anna.post(path, fields);
    forget();
    await anna.post(path, fields);
    forget();
    const last = await anna.post(path, fields);
    expect(places([last])).toEqual([[303, leadsTo]]);
    expect(await effects(anna, form, before)).toEqual([form.event]);
    const { status, text } = await anna.ask(leadsTo);
    expect(status, text).toBe(200);
  });
});

describe('going on elsewhere, twice', () => {
  it.each(['sms', 'app'] as const)(
    'password, then %s: at once and again, and the person is there',
    async (factor) => {
      const anna = await new Participant(testEnv).to('profile', factor);
      await anna.longAfter();
      const tablet = anna.elsewhere();
      await tablet.openLink();
      expect(tablet.path).toBe('/onboarding/continue');
      const forget = withoutAnswers(tablet);
      const password = { password: OWN_PASSWORD };
      const first = await Promise.all([
        tablet.post(tablet.path, password),
        tablet.post(tablet.path, password),
      ]);
      const factorPage = `/onboarding/continue/${factor}`;
      expect(places(first).map(([status]) => status)).toEqual([303, 303]);
      forget();
      await tablet.submit(password);
      expect(tablet.path).toBe(factorPage);
      expect(tablet.page.status).toBe(200);

      const proof: Record<string, string> =
        factor === 'app' ? { token: await tablet.token() } : { code: await tablet.smsCode('sign-in') };
      const forgetAgain = withoutAnswers(tablet);
      const second = await Promise.all([tablet.post(factorPage, proof), tablet.post(factorPage, proof)]);
      expect(places(second)).toEqual([
        [303, '/onboarding/profile'],
        [303, '/onboarding/profile'],
      ]);
      forgetAgain();
      await tablet.submit(proof, factorPage);
      expect(tablet.path).toBe('/onboarding/profile');
      expect(tablet.page.status).toBe(200);
    },
  );
});

describe('signing in, twice', () => {
  it.each(['sms', 'app'] as const)(
    'with %s: at once and again, and the messages are there',
    async (factor) => {
      const anna = await new Participant(testEnv).finished(factor);
      await anna.longAfter();
      const laptop = anna.elsewhere();
      await laptop.open('/sign-in');
      const typed = { email: anna.email, password: OWN_PASSWORD };
      const first = await Promise.all([1, 2, 3].map(() => laptop.post('/sign-in', typed)));
      const page = `/sign-in/${factor}`;
      // With the first cookie of this browser, which is looked for on the next page.
      expect(places(first)).toEqual(first.map(() => [303, `${page}?cookies=check`]));
      const codes = await testEnv.db.sql('sms_code').where({ personId: anna.personId, purpose: 'sign-in' });
      expect(codes).toHaveLength(factor === 'sms' ? 1 : 0);

      await laptop.open(page);
      const proof: Record<string, string> =
        factor === 'app' ? { token: await laptop.token() } : { code: await laptop.smsCode('sign-in') };
      const forget = withoutAnswers(laptop);
      const second = await Promise.all([1, 2, 3].map(() => laptop.post(page, proof)));
      expect(places(second)).toEqual(second.map(() => [303, '/messages']));
      forget();
      await laptop.submit(proof, page);
      expect([laptop.path, laptop.page.status]).toEqual(['/messages', 200]);
    },
  );

  it.each(['sms', 'app'] as const)(
    'with %s: somebody with the previous cookie has three clicks, and not ten seconds of guessing',
    async (factor) => {
      const anna = await new Participant(testEnv).finished(factor);
      await anna.longAfter();
      const laptop = anna.elsewhere();
      await laptop.open('/sign-in');
      await laptop.submit({ email: anna.email, password: OWN_PASSWORD });
      const proof: Record<string, string> =
        factor === 'app' ? { token: await laptop.token() } : { code: await laptop.smsCode('sign-in') };
      const forget = withoutAnswers(laptop);
      await laptop.post(laptop.path, proof);
      const [name = '', right = ''] = Object.entries(proof)[0]!;
      const guesses = Array.from({ length: 3 }, (_, i) => String((Number(right) + i + 1) % 1_000_000));
      for (const guess of guesses) {
        forget();
        await laptop.post(laptop.path, { [name]: guess.padStart(6, '0') });
      }
      forget();
      await laptop.post(laptop.path, proof);
      expect(await laptop.ask('/messages')).toMatchObject({ status: 303 });
    },
  );

  it('signing out twice ends at the sign-in both times', async () => {
    const anna = await new Participant(testEnv).finished();
    const answers = await Promise.all([anna.post('/sign-out', {}), anna.post('/sign-out', {})]);
    answers.push(await anna.post('/sign-out', {}));
    expect(places(answers)).toEqual(answers.map(() => [303, '/sign-in']));
  });
});
