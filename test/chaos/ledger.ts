/**
 * Everything that was acknowledged: each 2xx and 3xx that anybody got, with what it promised. At the end each promise is
 * held against the database and the engine.
 */

/** What an answer said that is done, by the names of the facts. */
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
  /** The ids of the messages that the API took, by idempotency key. */
  messages: Map<string, string>;
  /** One idempotency key was answered with two different messages. */
  doubled: string[];
  promised: Set<Promised>;
  /** One of these has to be the own password, once one was chosen. */
  passwords: readonly string[];
  /** What was saved by an answer, and did not work afterwards. */
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
  /** Cookies and keys that this person's browser and app hold, with what each is. */
  secrets: Map<string, string>;
  /** The sender typed another address first. */
  correction: Correction | undefined;
  /** When the sender began to ask for another invitation for somebody who waited for it; each was acknowledged. */
  invitedAgain: number[];
  /** Where the person stood last, to find out why somebody did not finish. */
  lastSeen: string;
};

export type Correction = {
  /** Of the person who has the old address, and goes through the pages with it. */
  old: Account;
  oldPhone: string;
  /** When an answer said that it is corrected, in milliseconds since 1970. */
  acknowledgedAt: number | undefined;
  /** What of the old address still opened something after that. */
  opened: string[];
};

export type Ledger = {
  open(email: string): Account;
  /** The sender types another address than that of this account; the messages and the person are the same. */
  mistype(account: Account, old: { email: string; phone: string }): Correction;
  accounts: Account[];
  /** Another answer of 2xx or 3xx. */
  acknowledged(): void;
  count(): number;
};

/** By the page that an answer leads to: all that must be done by then. */
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

/** What the answer to a posted form promised. `own`: what the form itself was to do, if it led on. */
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

/** The sender was given this one, and the person has it from there. */
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
