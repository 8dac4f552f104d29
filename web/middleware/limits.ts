/** What strangers can use up: counted in PostgreSQL for each network address or client, each a named setting. */

import type { Counted, Counter, CounterLimits } from '../../db/attempts.ts';
import { type AuditEntry, audit } from '../../db/audit.ts';
import type { Config } from '../../processes/config.ts';
import { type Ctx, fromGuard, type Web } from '../context.ts';
import type { Guard } from '../route.ts';
import { showNotice } from '../ui/notices.ts';
import { clientAddress } from './clientAddress.ts';

const QUARTER_S = 15 * 60;
const MINUTE_S = 60;
/** A hasty person's clicks after the first; the seconds in which they count are fewer than this window. */
const SECOND_CLICKS = 3;
const DAY_S = 24 * 60 * 60;
/** Refusals of one session or network that no other limit ends: so many the audit has one by one. */
const REFUSALS_WRITTEN = 20;
/** People sign in a few times a month; a network that somebody used before goes on being theirs. */
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

/** Counts one try of `subject`. That the limit was reached is in the audit, once until the window is over. */
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

/** Writes a refusal that anybody can cause again and again: beyond a limit the audit has only that it was reached. */
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

/** What strangers elsewhere cannot use up. */
export const perNetworkKey = (ctx: Ctx, { db }: Web, subject: string): string =>
  `${subject}.${db.secrets.networkIndex(clientAddress(ctx))}`;

/** A program that proved nothing. By network: nobody knows who it is. */
export const auditUnproven = (
  ctx: Ctx,
  web: Web,
  event: 'key.refused' | 'signature.refused',
): Promise<void> =>
  auditRefusal(web, 'program-network', web.db.secrets.networkIndex(clientAddress(ctx)), { event });

/** The person of the session, if there is one. */
const whoseSession = ({ state }: Ctx): Whose => ({ personId: state.found?.session.personId });

/** Counts this request for its network address, which is kept as a keyed hash. */
const countForNetwork = (ctx: Ctx, web: Web, counter: NetworkCounter) =>
  countAttempt(web, counter, web.db.secrets.networkIndex(clientAddress(ctx)), whoseSession(ctx));

/** None left, because it was too soon or too many by another limit: what was counted is given back. */
export const noSmsLeft = (ctx: Ctx, web: Web): Promise<void> =>
  web.attempts.takeBack('sms-network', web.db.secrets.networkIndex(clientAddress(ctx)));

/** Counts a code or token that is to be compared; `noFactorTried` gives a right one back. */
export const countFactorForNetwork = (ctx: Ctx, web: Web) => countForNetwork(ctx, web, 'factor-network');

export const noFactorTried = (ctx: Ctx, web: Web): Promise<void> =>
  web.attempts.takeBack('factor-network', web.db.secrets.networkIndex(clientAddress(ctx)));

/** Counts a press of a link's button, for this link from this network. */
export const limitLink: Guard = async (ctx, web, next) => {
  const { link } = ctx.state;
  const { id, personId } = link ? { ...link.row, id: link.invitation.id } : fromGuard(ctx, 'reset');
  const counted = await countAttempt(web, 'link', perNetworkKey(ctx, web, id), { personId });
  if (!counted.allowed) return tellToWait(ctx, counted.waitS);
  await next();
};

/** Counts an SMS that is asked for; false when there were too many. The form's own page says so. */
export const consumeSmsQuota = async (ctx: Ctx, web: Web): Promise<boolean> =>
  (await countForNetwork(ctx, web, 'sms-network')).allowed;

/** Counts this request for its network address. */
export const limitNetwork =
  (counter: NetworkCounter): Guard =>
  async (ctx, web, next) => {
    if (await consumeLimit(ctx, web, counter)) await next();
  };

/** Counts this request for its network address; false when it was answered here. */
export async function consumeLimit(ctx: Ctx, web: Web, counter: NetworkCounter): Promise<boolean> {
  const counted = await countForNetwork(ctx, web, counter);
  if (!counted.allowed) tellToWait(ctx, counted.waitS);
  return counted.allowed;
}

/** Answers that so many seconds are to be waited. */
export function tellToWait(ctx: Ctx, waitS: number): void {
  ctx.set('Retry-After', String(waitS));
  showNotice(ctx, 'tooMany');
}
