/** Everything the mail server and SMS provider of a run accepted, in order, and from which worker. */

export type Delivered = {
  /** A mail's Message-ID; an SMS has none. */
  messageId?: string;
  /** Address or number. */
  to: string;
  /** Mails only. */
  subject?: string;
  html?: string;
  text: string;
  /** When it arrived, and when it was accepted, in milliseconds since the epoch. */
  cameAt: number;
  at: number;
  /** The worker that sent it. */
  worker: string;
  /** It was accepted, but the worker never learned so. */
  answerLost: boolean;
};

export type Deliveries = {
  mails: Delivered[];
  texts: Delivered[];
  mailsTo(address: string): Delivered[];
  textsTo(number: string): Delivered[];
  /** Until then the mail server holds some mails. */
  released: Promise<void>;
  release(): void;
  addMail(mail: Delivered): void;
  addText(text: Delivered): void;
};

export function createDeliveries(): Deliveries {
  const byAddress = new Map<string, Delivered[]>();
  const mails: Delivered[] = [];
  const texts: Delivered[] = [];
  function add(list: Delivered[], one: Delivered): void {
    list.push(one);
    const known = byAddress.get(one.to);
    if (known) known.push(one);
    else byAddress.set(one.to, [one]);
  }
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const of = (to: string) => byAddress.get(to) ?? [];
  return {
    mails,
    texts,
    mailsTo: of,
    textsTo: of,
    released,
    release,
    addMail: (mail) => add(mails, mail),
    addText: (text) => add(texts, text),
  };
}
