/** Every state of an onboarding and every strength of a session, written directly into the database. */

import { randomUUID } from 'node:crypto';
import { addAppSecret, appSecret } from '../../db/appFactor.ts';
import { invitationFor } from '../../db/invitations.ts';
import { acceptMessage } from '../../db/messages.ts';
import { person } from '../../db/people.ts';
import { saveProfile } from '../../db/profiles.ts';
import { type ResetPurpose, resetLinkFor } from '../../db/resetLinks.ts';
import { hashToken, newToken } from '../../db/secrets.ts';
import { addSmsCode, newestSmsCode, type Purpose, setVerifiedPhone } from '../../db/smsCodes.ts';
import type { OnboardingRow } from '../../db/tables.ts';
import { recordTermsAcceptance } from '../../db/terms.ts';
import { writeTogether } from '../../db/together.ts';
import { temporaryPasswordFor } from '../kit/mailedPassword.ts';
import { newMessage, someAddress } from '../kit/message.ts';
import type { TestEnvironment } from '../kit/testEnvironment.ts';

export const TERMS_VERSION = '2026-11-01';
const PHONE = '+31612345678';

const TERMS = ['termsAccepted'];
const PASSWORD = [...TERMS, 'passwordChanged'];
const BOTH = [...PASSWORD, 'smsVerified', 'appVerified'];

type State = { facts: string[]; status?: OnboardingRow['status'] };

export const STATES = {
  invited: { facts: [] },
  'not me': { facts: ['notMe'] },
  'terms agreed': { facts: TERMS },
  'password chosen': { facts: PASSWORD },
  'SMS set up': { facts: [...PASSWORD, 'smsVerified'] },
  'app set up': { facts: [...PASSWORD, 'appVerified'] },
  'both set up': { facts: BOTH },
  'at the profile': { facts: [...PASSWORD, 'smsSkipped', 'appVerified'] },
  'profile saved': { facts: [...BOTH, 'profileSaved'] },
  completed: { facts: [...BOTH, 'profileSaved'], status: 'completed' },
  expired: { facts: BOTH, status: 'expired' },
  cancelled: { facts: BOTH, status: 'cancelled' },
} satisfies Record<string, State>;
export type StateName = keyof typeof STATES;

type Strength = {
  proofs: ('link' | 'password' | 'factor')[];
  reset?: ResetPurpose;
  whose?: 'bob';
  replaced?: true;
  idle?: true;
};
export const SESSIONS = {
  none: undefined,
  'of Bob': { whose: 'bob', proofs: ['link', 'password', 'factor'] },
  link: { proofs: ['link'] },
  'link, password': { proofs: ['link', 'password'] },
  'link, password, factor': { proofs: ['link', 'password', 'factor'] },
  replaced: { proofs: ['link', 'password', 'factor'], replaced: true },
  idle: { proofs: ['link', 'password', 'factor'], idle: true },
  'signed in half-way': { proofs: ['password'] },
  'reset password': { proofs: ['link'], reset: 'password' },
  'reset password, factor': { proofs: ['link', 'factor'], reset: 'password' },
  'reset password, replaced': { proofs: ['link', 'factor'], reset: 'password', replaced: true },
  'reset factor': { proofs: ['link'], reset: 'factor' },
} satisfies Record<string, Strength | undefined>;
export type SessionName = keyof typeof SESSIONS;

/** A person in a state, with everything that the person, or a thief, could have. */
export type Somebody = {
  email: string;
  personId: string;
  link: string;
  temporaryPassword: string;
  appKey: string | undefined;
  codes: Record<Purpose, string>;
  resets: Record<ResetPurpose, { id: string; token: string }>;
};

export async function somebodyIn(
  testEnv: TestEnvironment,
  state: StateName,
  passwordHash: string,
): Promise<Somebody> {
  const { db, clientId } = testEnv;
  const { facts, status = 'open' }: State = STATES[state];
  const has = (fact: string) => facts.includes(fact);
  const email = someAddress();
  let ids = { personId: '', onboardingId: '' };
  await acceptMessage(db, newMessage(clientId, { email }), ({ personId, onboarding }) => {
    ids = { personId, onboardingId: onboarding.id };
    return {};
  });
  const { personId, onboardingId } = ids;
  const invitation = await invitationFor(db, {
    onboardingId,
    clientId,
    kind: 'invitation',
    sendKey: randomUUID(),
  });
  const temporaryPassword = (await temporaryPasswordFor(db, onboardingId))!;
  const longAgo = db.sql.raw(`now() - interval '1 hour'`);
  // A finished person agreed to an older version, and is asked again.
  const version = status === 'completed' ? '2026-01-01' : TERMS_VERSION;
  if (has('termsAccepted'))
    await Promise.all(recordTermsAcceptance(db, { personId, version, hash: 'hash', locale: 'nl' }));
  if (has('passwordChanged')) {
    await db.sql('person').where({ id: personId }).update({ passwordHash });
    await db.sql('temporary_password').where({ onboardingId }).delete();
    await addAppSecret(db, await person(db, personId));
  }
  if (has('smsVerified')) await setVerifiedPhone(db, await person(db, personId), PHONE);
  if (has('appVerified')) await db.sql('app_factor').where({ personId }).update({ verifiedAt: longAgo });
  if (has('profileSaved')) await saveProfile(db, await person(db, personId), ANNA);
  await db
    .sql('onboarding')
    .where({ id: onboardingId })
    .update({
      ...Object.fromEntries(facts.map((fact) => [`${fact}At`, longAgo])),
      status,
      requestedAt: longAgo,
      progressedAt: longAgo,
      endedAt: status === 'open' ? null : db.sql.fn.now(),
    });
  return {
    email,
    personId,
    temporaryPassword,
    link: `/i/${db.secrets.linkToken(invitation)}`,
    appKey: has('passwordChanged') ? await appSecret(db, await person(db, personId)) : undefined,
    codes: {
      enrol: await liveCode(testEnv, personId, 'enrol'),
      'sign-in': await liveCode(testEnv, personId, 'sign-in'),
      reset: await liveCode(testEnv, personId, 'reset'),
    },
    resets: {
      password: await liveReset(testEnv, personId, 'password'),
      factor: await liveReset(testEnv, personId, 'factor'),
    },
  };
}

const ANNA = {
  gender: 'female',
  initials: 'A.',
  firstName: 'Anna',
  prefix: '',
  lastName: 'Jansen',
  autoReply: { enabled: false, text: '', from: null, until: null },
} as const;

/** Unused, and old enough that another may be requested. In every state, even those that would never send one. */
async function liveCode({ db }: TestEnvironment, personId: string, purpose: Purpose): Promise<string> {
  const limits = { perDay: 10, perNumber: 10_000, perPrefix: 10_000, perCountry: 10_000, perClient: 10_000 };
  const rules = { ttlMs: 300_000, resendAfterMs: [], attempts: 5, challenges: 3, ...limits };
  const added = await addSmsCode(db, { personId, purpose, challenge: personId, phone: PHONE, rules });
  if ('writes' in added) await writeTogether(db, { besides: added.writes });
  const row = (await newestSmsCode(db, { personId, purpose, ttlMs: rules.ttlMs }))!;
  const requestedAt = db.sql.raw(`now() - interval '2 minutes'`);
  await db.sql('sms_code').where({ id: row.id }).update({ requestedAt });
  return db.secrets.smsCode(row);
}

async function liveReset({ db, clientId }: TestEnvironment, personId: string, purpose: ResetPurpose) {
  const row = await resetLinkFor(db, { personId, clientId, purpose, sendKey: randomUUID() });
  await db
    .sql('reset_link')
    .where({ id: row.id })
    .update({ createdAt: db.sql.raw(`now() - interval '1 hour'`) });
  return { id: row.id, token: db.secrets.linkToken(row, 'reset') };
}

/** A session of this strength: its cookie, and its form token. */
export async function sessionOf(
  { db, clientId }: TestEnvironment,
  name: SessionName,
  { anna, bob }: { anna: Somebody; bob: Somebody },
): Promise<{ cookie: string; formToken: string }> {
  const strength: Strength | undefined = SESSIONS[name];
  if (!strength) return { cookie: '', formToken: '' };
  const { proofs, reset, whose, replaced, idle } = strength;
  const id = randomUUID();
  const token = newToken();
  const hash = hashToken(token);
  await db.sql('session').insert({
    id,
    personId: (whose === 'bob' ? bob : anna).personId,
    clientId,
    resetId: reset && anna.resets[reset].id,
    challenge: id,
    tokenHash: replaced ? hashToken(newToken()) : hash,
    previousHash: replaced && hash,
    previousUntil: replaced && db.sql.raw(`now() + interval '1 hour'`),
    seenAt: idle ? db.sql.raw(`now() - interval '31 minutes'`) : db.sql.fn.now(),
    ...Object.fromEntries(proofs.map((proof) => [`${proof}At`, db.sql.fn.now()])),
  });
  // Codes that this session requested.
  await db.sql('sms_code').where({ personId: anna.personId }).update({ challenge: id });
  return { cookie: `__Host-session=${token}`, formToken: db.secrets.formTokens(id)[0]! };
}
