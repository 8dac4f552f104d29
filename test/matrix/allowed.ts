/** The combinations of onboarding state and session strength that change something, and what. No other one does. */
import type { PostName } from './routes.ts';
import { SESSIONS, type SessionName, STATES, type StateName } from './states.ts';

type Rule = { states: StateName[]; sessions: SessionName[]; changes: string };

const states = Object.keys(STATES) as StateName[];
const all = Object.keys(SESSIONS) as SessionName[];
const except = <T>(list: readonly T[], ...some: T[]) => list.filter((one) => !some.includes(one));

const busy = except(states, 'completed', 'expired', 'cancelled');
const fresh: StateName[] = ['invited', 'not me'];
const locked = except(busy, ...fresh, 'terms agreed');
const bySms: StateName[] = ['SMS set up', 'both set up', 'profile saved'];
const byApp: StateName[] = ['app set up', 'both set up', 'at the profile', 'profile saved'];
const factorOpen: StateName[] = ['SMS set up', 'app set up', 'both set up', 'at the profile'];

const own = except(all, 'none', 'of Bob', 'replaced', 'reset password, replaced', 'idle');
const linked = except(own, 'signed in half-way');
const dead: SessionName[] = ['none', 'of Bob', 'replaced', 'reset password, replaced', 'idle'];
const noPassword: SessionName[] = ['link', 'reset password', 'reset password, factor', 'reset factor'];
const withPassword: SessionName[] = ['link, password', 'link, password, factor'];
const full: SessionName[] = ['link, password, factor'];
const half: SessionName[] = ['link, password', 'signed in half-way'];

const rule = (states: StateName[], sessions: SessionName[], changes: string): Rule => ({
  states,
  sessions,
  changes,
});

const STEP = 'event onboarding outbox';

/** What a password or a factor requires: the same before and after it exists. */
const second = (changes: string): Rule[] => [
  rule(['password chosen'], withPassword, changes),
  rule(factorOpen, full, changes),
];

export const ALLOWED: Record<PostName, Rule[]> = {
  language: [rule(states, own, 'person'), rule(states, ['of Bob'], 'person-of-Bob')],
  // Only the time it was last seen, which is not compared.
  'stay signed on': [],
  'sign up': [
    rule(except(busy, 'not me'), dead, 'session'),
    rule(['not me'], dead, 'onboarding outbox session'),
    rule(['not me'], own, 'onboarding outbox'),
  ],
  renew: [rule(['expired'], all, 'onboarding outbox')],
  'not me': [rule(['invited', 'terms agreed'], all, STEP)],
  terms: [rule(fresh, linked, `${STEP} terms_acceptance`)],
  password: [
    rule(
      ['terms agreed'],
      noPassword,
      `app_factor ${STEP} person session temporary_password terms_acceptance`,
    ),
    rule(['terms agreed'], withPassword, `app_factor ${STEP} person temporary_password terms_acceptance`),
  ],
  sms: second('onboarding outbox sms_code'),
  'sms, skip': [
    rule(['password chosen'], withPassword, 'onboarding outbox'),
    rule(['app set up'], full, 'onboarding outbox'),
  ],
  code: [
    rule(['password chosen'], ['link, password'], `${STEP} session sms_code sms_factor`),
    rule(['password chosen', ...factorOpen], full, `${STEP} sms_code sms_factor`),
  ],
  'code, resend': second('onboarding outbox sms_code'),
  app: [
    rule(['password chosen'], ['link, password'], `app_factor ${STEP} session`),
    rule(['password chosen', 'SMS set up'], full, `app_factor ${STEP}`),
  ],
  'app, skip': [
    rule(['password chosen'], withPassword, 'onboarding outbox'),
    rule(['SMS set up'], full, 'onboarding outbox'),
  ],
  profile: [rule(['both set up', 'at the profile'], full, `${STEP} profile`)],
  help: [rule(busy, own, STEP)],
  continue: [
    rule(except(locked, 'SMS set up'), noPassword, 'session'),
    // Only SMS is set up: one is sent at once, unless the factor is proven.
    rule(['SMS set up'], except(noPassword, 'reset password, factor'), 'outbox session sms_code'),
    rule(['SMS set up'], ['reset password, factor'], 'session'),
  ],
  'continue, code': [rule(bySms, ['link, password'], 'session sms_code')],
  'continue, resend': [rule(bySms, ['link, password'], 'outbox sms_code')],
  'continue, token': [rule(byApp, ['link, password'], 'app_factor session')],
  'continue, forgotten': [rule(locked, own, 'outbox reset_link')],
  'sign in': [
    // Not finished: a mail leads back to the exact step.
    rule([...locked, 'expired'], all, 'onboarding outbox'),
    rule(['completed'], except(all, 'of Bob', 'signed in half-way'), 'session'),
    rule(['completed'], ['of Bob'], 'session session-of-Bob'),
  ],
  'sign in, code': [rule(['completed'], half, 'session sms_code')],
  'sign in, resend': [rule(['completed'], half, 'outbox sms_code')],
  'sign in, token': [rule(['completed'], half, 'app_factor session')],
  // For any address: a worker looks it up later.
  forgotten: [rule(states, all, 'password_request')],
  'open password reset': [
    rule(states, except(all, 'of Bob', 'reset password'), 'session'),
    rule(states, ['of Bob'], 'session session-of-Bob'),
  ],
  'open factor reset': [
    rule(states, except(all, 'of Bob', 'reset factor'), 'session'),
    rule(states, ['of Bob'], 'session session-of-Bob'),
  ],
  'reset password': [
    rule(['password chosen'], ['reset password'], 'person reset_link session'),
    rule([...locked, 'completed', 'expired'], ['reset password, factor'], 'person reset_link session'),
  ],
  'reset factor': [
    rule(except(locked, ...bySms), ['reset factor'], 'app_factor onboarding outbox reset_link session'),
    rule(bySms, ['reset factor'], 'app_factor onboarding outbox reset_link session sms_factor'),
  ],
  'reset, code': [rule([...bySms, 'completed', 'expired'], ['reset password'], 'session sms_code')],
  'reset, resend': [rule([...bySms, 'completed', 'expired'], ['reset password'], 'outbox sms_code')],
  'reset, token': [rule([...byApp, 'completed', 'expired'], ['reset password'], 'app_factor session')],
  'new terms': [
    rule(['completed'], full, 'terms_acceptance'),
    rule(states, ['of Bob'], 'terms_acceptance-of-Bob'),
  ],
  'sign out': [
    rule(states, [...own, 'replaced', 'reset password, replaced'], 'session'),
    rule(states, ['of Bob'], 'session-of-Bob'),
  ],
};

export const allowed = (post: PostName, state: StateName, session: SessionName): string =>
  ALLOWED[post]
    .filter(({ states, sessions }) => states.includes(state) && sessions.includes(session))
    .map(({ changes }) => changes)
    .join(' and ');
