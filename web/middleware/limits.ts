/** Limits on what strangers can use up: counted in PostgreSQL per network or client, each with a named setting. */

import type { Counted, Counter, CounterLimits } from '../../db/attempts.ts';
import { type AuditEntry, audit } from '../../db/audit.ts';
import type { Config } from '../../processes/config.ts';
import { type Ctx, fromGuard, type Web } from '../context.ts';
import type { Guard } from '../route.ts';
import { showNotice } from '../ui/notices.ts';
import { clientAddress } from './clientAddress.ts';

const QUARTER_S = 15 * 60;
const MINUTE_S = 60;
/** Extra submits allowed after the first, within a window longer than they are recognised. */
const SECOND_CLICKS = 3;
const DAY_S = 24 * 60 * 60;
/** Refusals of one session or network that no other limit ends; beyond this number they are not audited one by one. */
const REFUSALS_WRITTEN = 20;
/** People sign in a few times a month, so a network stays known for this long after it was used. */
const KNOWN_S = 14 * DAY_S;

export const counterLimits = (config: Config): CounterLimits => ({
  'temporary-password': { attempts: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  password: { attempts: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  'password-account': { attempts: config.LIMIT_SIGN_INS_PER_ACCOUNT, windowS: QUARTER_S },
  'sign-in': { attempts: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  'sign-in-account': { attempts: config.LIMIT_SIGN_INS_PER_ACCOUNT, windowS: QUARTER_S },
  'known-network': { attempts: 1, windowS: KNOWN_S },
  token: { attempts: config.LIMIT_TOKEN_TRIES, windowS: QUARTER_S },
  'second-click': { attempts: SECOND_CLICKS, windowS: MINUTE_S },
  help: { attempts: config.LIMIT_HELP_PER_DAY, windowS: DAY_S },
  link: { attempts: config.LIMIT_LINK_USES, windowS: QUARTER_S },
  'sign-in-network': { attempts: config.LIMIT_SIGN_INS_PER_NETWORK, windowS: QUARTER_S },
  'forgotten-network': { attempts: config.LIMIT_FORGOTTEN_PER_NETWORK, windowS: QUARTER_S },
  'link-network': { attempts: config.LIMIT_UNKNOWN_LINKS_PER_NETWORK, windowS: QUARTER_S },
  'factor-network': { attempts: config.LIMIT_WRONG_FACTORS_PER_NETWORK, windowS: QUARTER_S },
  'sms-network': { attempts: config.LIMIT_SMS_PER_NETWORK, windowS: DAY_S },
  'form-token': { attempts: REFUSALS_WRITTEN, windowS: QUARTER_S },
  'program-network': { attempts: REFUSALS_WRITTEN, windowS: QUARTER_S },
  'no-codes': { attempts: REFUSALS_WRITTEN, windowS: QUARTER_S },
  api: { attempts: config.LIMIT_API_CALLS_PER_MINUTE, windowS: MINUTE_S },
});

type NetworkCounter = Extract<Counter, `${string}-network`>;

type Whose = Pick<AuditEntry, 'personId' | 'clientId'>;

/** Counts one attempt at `subject`. The first one over the limit in each window is audited. */
export async function countAttempt(
  { attempts, db }: Web,
  counter: Counter,
  subject: string,
  whose: Whose = {},
): Promise<Counted> {
  const counted = await attempts.count(counter, subject);
  if (!counted.allowed && counted.isFirst)
    await audit(db, { event: 'limit.reached', ...whose, details: { limit: counter } });
  return counted;
}

/** Audits a refusal that anybody can cause repeatedly: beyond a limit only that the limit was reached. */
export async function auditRefusal(
  web: Web,
  counter: Extract<Counter, 'form-token' | 'program-network' | 'no-codes'>,
  subject: string,
  entry: AuditEntry,
): Promise<void> {
  const { personId, clientId } = entry;
  const counted = await countAttempt(web, counter, subject, { personId, clientId });
  if (counted.allowed) await audit(web.db, entry);
}

/** Counted per network, so that strangers elsewhere cannot use it up. */
export const perNetworkKey = (ctx: Ctx, { db }: Web, subject: string): string =>
  `${subject}.${db.secrets.networkIndex(clientAddress(ctx))}`;

/** Audits a program that proved nothing; by network, because its identity is unknown. */
export const auditUnproven = (
  ctx: Ctx,
  web: Web,
  event: 'key.refused' | 'signature.refused',
): Promise<void> =>
  auditRefusal(web, 'program-network', web.db.secrets.networkIndex(clientAddress(ctx)), { event });

/** The person of the session, if there is one. */
const whoseSession = ({ state }: Ctx): Whose => ({ personId: state.found?.session.personId });

/** Counts this request for its network, which is stored as a keyed hash. */
const countForNetwork = (ctx: Ctx, web: Web, counter: NetworkCounter) =>
  countAttempt(web, counter, web.db.secrets.networkIndex(clientAddress(ctx)), whoseSession(ctx));

/** Another limit refused the SMS, so what was counted is given back. */
export const noSmsLeft = (ctx: Ctx, web: Web): Promise<void> =>
  web.attempts.takeBack('sms-network', web.db.secrets.networkIndex(clientAddress(ctx)));

/** Counts a code or token before it is compared; `noFactorTried` gives it back when it was right. */
export const countFactorForNetwork = (ctx: Ctx, web: Web) => countForNetwork(ctx, web, 'factor-network');

export const noFactorTried = (ctx: Ctx, web: Web): Promise<void> =>
  web.attempts.takeBack('factor-network', web.db.secrets.networkIndex(clientAddress(ctx)));

/** Counts presses of a link's button, per link and network. */
export const limitLink: Guard = async (ctx, web, next) => {
  const { link } = ctx.state;
  const { id, personId } = link ? { ...link.row, id: link.invitation.id } : fromGuard(ctx, 'reset');
  const counted = await countAttempt(web, 'link', perNetworkKey(ctx, web, id), { personId });
  if (!counted.allowed) return tellToWait(ctx, counted.waitS);
  await next();
};

/** Counts a requested SMS; false beyond the limit, which the form's own page explains. */
export const consumeSmsQuota = async (ctx: Ctx, web: Web): Promise<boolean> =>
  (await countForNetwork(ctx, web, 'sms-network')).allowed;

/** Counts this request for its network. */
export const limitNetwork =
  (counter: NetworkCounter): Guard =>
  async (ctx, web, next) => {
    if (await consumeLimit(ctx, web, counter)) await next();
  };

/** Counts this request for its network; false when it was refused and answered here. */
export async function consumeLimit(ctx: Ctx, web: Web, counter: NetworkCounter): Promise<boolean> {
  const counted = await countForNetwork(ctx, web, counter);
  if (!counted.allowed) tellToWait(ctx, counted.waitS);
  return counted.allowed;
}

/** Answers how many seconds to wait. */
export function tellToWait(ctx: Ctx, waitS: number): void {
  ctx.set('Retry-After', String(waitS));
  showNotice(ctx, 'tooMany');
}
