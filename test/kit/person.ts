/** A person with a browser that knows cookies and forms, and no JavaScript: drives the pages by HTTP. */
import { createHmac, randomUUID } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Mail } from '../../tools/tryout/mailbox.ts';
import { SOON_MS, type World } from './testEnvironment.ts';

/** What `look` finds, as soon as it finds something. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = SOON_MS): Promise<T> {
  for (const until = Date.now() + withinMs; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing after ${withinMs} ms (${machineLoad()}): ${look}`);
    await wait(LOOK_EVERY_MS);
  }
}

/** A wait that was too short on a machine that does much else is seen as such. */
const machineLoad = () => `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;

export type Answer = { status: number; location: string | null; text: string; headers: Headers };

const LOOK_EVERY_MS = 25;

export const OWN_PASSWORD = 'vier blauwe fietsen 88';

export type Sent = {
  id: string;
  recipient: { id: string; onboarding: { status: string; step: string } };
  temporaryPassword?: string;
};

/** Sends a message through the API. */
export async function sendMessage(
  world: World,
  given: { email: string; key?: string; apiKey?: string; body?: object },
): Promise<{ status: number; answer: Sent }> {
  const response = await fetch(`${world.url}/api/v1/messages`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${given.apiKey ?? world.apiKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': given.key ?? randomUUID(),
    },
    body: JSON.stringify({
      to: { email: given.email, locale: 'nl' },
      from: { name: 'Afdeling Personeel' },
      subject: 'Uw aanstelling',
      body: 'Beste collega, dit is vertrouwelijk.',
      ...given.body,
    }),
  });
  return { status: response.status, answer: (await response.json()) as Sent };
}

/** RFC 6238 by hand, so the product's own code does not check itself. `at`: milliseconds. */
export function tokenOf(secret: string, at = Date.now()): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/\s/g, '')]
    .map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac[19]! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const decoded = (html: string) =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

/** What a page says, without its markup. */
export const visible = (html: string): string =>
  decoded(html.replace(/<head>[\s\S]*?<\/head>/, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

export const linkIn = (mail: Mail): string => new URL(/https?:\/\/\S+\/i\/\S+/.exec(mail.text)![0]).pathname;

export const temporaryPasswordIn = (mail: Mail): string =>
  /Tijdelijk wachtwoord: (\S+)|Temporary password: (\S+)/.exec(mail.text)![0].split(': ')[1]!;

export class Person {
  readonly world: World;
  readonly email: string;
  readonly cookies = new Map<string, string>();
  page: Answer = { status: 0, location: null, text: '', headers: new Headers() };
  path = '/';

  constructor(world: World, email = `anna.${randomUUID().slice(0, 8)}@example.com`) {
    this.world = world;
    this.email = email;
  }

  /** One request, no redirect followed; cookies are taken in as a browser does. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.world.url), {
      ...init,
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'nl', ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    const location = response.headers.get('location');
    return { status: response.status, location, text: await response.text(), headers: response.headers };
  }

  /** Opens a page and follows redirects, as a browser does. */
  async open(path: string): Promise<Answer> {
    let answer = await this.ask(path, {});
    this.path = path;
    for (let hops = 0; answer.location && hops < 6; hops++) {
      this.path = new URL(answer.location, this.world.url).pathname;
      answer = await this.ask(this.path, {});
    }
    this.page = answer;
    return answer;
  }

  /** Posts a form without following the answer. The hidden fields of the page at hand go along. */
  post(path: string, fields: Record<string, string>): Promise<Answer> {
    const found = this.page.text.matchAll(/type="hidden" name="(formToken|challenge)" value="([^"]+)"/g);
    const hidden = Object.fromEntries([...found].map(([, name, value]) => [name, value]));
    const body = new URLSearchParams({ ...hidden, ...fields });
    return this.ask(path, { method: 'POST', body });
  }

  /** Posts to the page at hand and goes where the answer leads. */
  async submit(fields: Record<string, string>, path = this.path): Promise<Answer> {
    const answer = await this.post(path, fields);
    if (answer.location) return this.open(answer.location);
    this.page = answer;
    return answer;
  }

  /** What the page at hand says. */
  get reads(): string {
    return visible(this.page.text);
  }

  /** The nth mail to this person, as soon as it is there. */
  async mail(nth = 1): Promise<Mail> {
    const mine: Mail[] = await eventually(async () => {
      const all = await this.world.mailbox.mails();
      const own = all.filter(({ recipients }) => recipients.includes(this.email));
      return own.length >= nth ? own.reverse() : undefined;
    });
    return mine[nth - 1]!;
  }

  async code(phone: string, nth = 1): Promise<string> {
    const mine = () => this.world.phone.messages().filter(({ to }) => to === phone);
    const found = await this.world.phone.waitFor((sms) => sms.to === phone && mine().length >= nth, SOON_MS);
    if (!found) throw new Error(`SMS ${nth} did not come`);
    return /\d{6}/.exec(found.body)![0];
  }

  get secret(): string {
    return /id="secret">([^<]+)</.exec(this.page.text)![1]!.replace(/\s/g, '');
  }

  async invited(): Promise<Sent> {
    const { answer } = await sendMessage(this.world, { email: this.email });
    return answer;
  }

  /** From the mail to the second factor. */
  async toSecondFactor(): Promise<Sent> {
    const sent = await this.invited();
    const mail = await this.mail();
    await this.open(linkIn(mail));
    await this.submit({});
    await this.submit({ accept: 'yes' });
    await this.choosePassword(temporaryPasswordIn(mail));
    return sent;
  }

  choosePassword(currentPassword: string, own = OWN_PASSWORD): Promise<Answer> {
    return this.submit({ currentPassword, newPassword: own, newPasswordAgain: own });
  }

  saveProfile(fields: Record<string, string> = {}): Promise<Answer> {
    return this.submit({
      gender: 'female',
      initials: 'A.',
      firstName: 'Anna',
      lastName: 'Jansen',
      ...fields,
    });
  }
}
