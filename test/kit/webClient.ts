/** A browser that knows cookies, forms and redirects, and no JavaScript. */
import { type Fields, hiddenFields, noticeIn, secretIn, visible } from './pages.ts';

export type Answer = { status: number; location: string | null; text: string; headers: Headers };

const MOST_REDIRECTS = 6;

export class WebClient {
  readonly cookies = new Map<string, string>();
  /** The page at hand, and where it was found. */
  page: Answer = { status: 0, location: null, text: '', headers: new Headers() };
  path = '/';
  readonly #web: { url: string };
  readonly #locale: string;

  /** `web` may move to another address. */
  constructor(web: { url: string }, locale = 'nl') {
    this.#web = web;
    this.#locale = locale;
  }

  /** One request, no redirect followed; cookies are taken in as a browser does. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#web.url), {
      ...init,
      redirect: 'manual',
      headers: { cookie, 'accept-language': this.#locale, ...init.headers },
    });
    const text = await response.text();
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    const { status, headers } = response;
    return { status, location: headers.get('location'), text, headers };
  }

  protected pathOf(location: string): string {
    return new URL(location, this.#web.url).pathname;
  }

  /** Goes where the answer of `path` leads. */
  async follow(path: string, first: Answer): Promise<Answer> {
    let answer = first;
    let at = path;
    for (let hops = 0; answer.location && hops < MOST_REDIRECTS; hops++) {
      at = this.pathOf(answer.location);
      answer = await this.ask(answer.location);
    }
    this.path = at;
    this.page = answer;
    return answer;
  }

  /** Opens a page and follows redirects. */
  async open(path: string): Promise<Answer> {
    return this.follow(path, await this.ask(path));
  }

  /** Posts a form of the page at hand, with its hidden fields, without following the answer. */
  post(path: string, fields: Fields): Promise<Answer> {
    const body = new URLSearchParams({ ...hiddenFields(this.page.text, path, fields), ...fields });
    return this.ask(path, { method: 'POST', body });
  }

  /** Posts a form of the page at hand and goes where the answer leads. */
  async submit(fields: Fields, path = this.path): Promise<Answer> {
    return this.follow(path, await this.post(path, fields));
  }

  /** What the page at hand says. */
  get reads(): string {
    return visible(this.page.text);
  }

  /** The name of the notice that the page at hand shows. */
  get notice(): string | undefined {
    return noticeIn(this.page.text);
  }

  /** The key on the page of the app. */
  get secret(): string {
    return secretIn(this.page.text)!;
  }
}
