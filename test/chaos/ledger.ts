/**
 * Everything that was acknowledged: each 2xx and 3xx answer, with what it promised. At the end each promise is checked
 * against the database and Temporal.
 */

/** What an answer confirms, named after the facts. */
export type Promised =
  | 'termsAccepted'
  | 'passwordChanged'
  | 'smsVerified'
  | 'smsDecided'
  | 'appVerified'
  | 'appDecided'
  | 'secondFactor'
  | 'profileSaved'
  | 'completed'
  | 'helpAsked';

export type Account = {
  email: string;
  personId: string;
  /** The ids of the accepted messages, by idempotency key. */
  messages: Map<string, string>;
  /** Idempotency keys that were answered with two different messages. */
  doubled: string[];
  promised: Set<Promised>;
  /** The person's password must be one of these, once one was chosen. */
  passwords: readonly string[];
  /** What an answer confirmed, but then did not work. */
  refused: Set<string>;
  /** Messages whose text was on the page. */
  read: Set<string>;
  /** The message was read. */
  finished: boolean;
  /** The sender had this person erased. */
  erased: boolean;
  /** This person wanted to stop half-way. */
  stopped: boolean;
  /** The temporary password, when the sender passes it on. */
  passedOn: string | undefined;
  /** Cookies and keys in this person's browser and app, each with a description. */
  secrets: Map<string, string>;
  /** The sender first typed another address. */
  correction: Correction | undefined;
  /** When the sender started to request another invitation for somebody who waited; each was acknowledged. */
  invitedAgain: number[];
  /** Where the person was last, to find out why they did not finish. */
  lastSeen: string;
};

export type Correction = {
  /** The holder of the old address, who goes through the pages with it. */
  old: Account;
  oldPhone: string;
  /** When an answer confirmed the correction, in milliseconds since 1970. */
  acknowledgedAt: number | undefined;
  /** What of the old address still worked after that. */
  opened: string[];
};

export type Ledger = {
  open(email: string): Account;
  /** The sender types another address than this account's; messages and person stay the same. */
  mistype(account: Account, old: { email: string; phone: string }): Correction;
  accounts: Account[];
  /** Another 2xx or 3xx answer. */
  acknowledged(): void;
  count(): number;
};

/** What must be done by then, by the page an answer leads to. */
const LEADS_TO: [path: RegExp, promised: Promised[]][] = [
  [/^\/onboarding\/password$/, ['termsAccepted']],
  [/^\/onboarding\/sms(\/code)?$/, ['termsAccepted', 'passwordChanged']],
  [/^\/onboarding\/app$/, ['termsAccepted', 'passwordChanged', 'smsDecided']],
  [
    /^\/onboarding\/profile$/,
    ['termsAccepted', 'passwordChanged', 'smsDecided', 'appDecided', 'secondFactor'],
  ],
  [/^\/onboarding\/finished$/, ['termsAccepted', 'passwordChanged', 'secondFactor', 'profileSaved']],
  [/^\/messages/, ['termsAccepted', 'passwordChanged', 'secondFactor', 'profileSaved', 'completed']],
];

/** What the answer to a posted form promised. `own`: what the form itself does, if the answer leads on. */
export function promisedBy(location: string, own: Promised | undefined): Promised[] {
  const known = LEADS_TO.find(([path]) => path.test(location))?.[1] ?? [];
  return own && known.length > 0 ? [...known, own] : known;
}

const newAccount = (email: string): Account => ({
  email,
  personId: '',
  messages: new Map(),
  doubled: [],
  promised: new Set(),
  passwords: [],
  refused: new Set(),
  read: new Set(),
  finished: false,
  erased: false,
  stopped: false,
  passedOn: undefined,
  secrets: new Map(),
  correction: undefined,
  invitedAgain: [],
  lastSeen: 'not invited',
});

/** The sender received this temporary password and passed it on. */
export function passedOn(account: Account, temporaryPassword: string): void {
  account.passedOn = temporaryPassword;
  account.secrets.set(temporaryPassword, 'a temporary password');
}

export function createLedger(): Ledger {
  const accounts: Account[] = [];
  let count = 0;
  return {
    accounts,
    open(email) {
      const account = newAccount(email);
      accounts.push(account);
      return account;
    },
    mistype(account, { email, phone: oldPhone }) {
      const { messages, doubled, secrets } = account;
      const old = { ...newAccount(email), messages, doubled, secrets };
      account.correction = { old, oldPhone, acknowledgedAt: undefined, opened: [] };
      return account.correction;
    },
    acknowledged() {
      count += 1;
    },
    count: () => count,
  };
}
