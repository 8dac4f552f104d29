/** A minimal browser for the benchmark: cookies, forms, redirects, and the time of each page. No script. */

/** `page`: the path without parts that belong to one person. `ms`: from the request to the end of the answer. */
export type Timing = { method: string; page: string; ms: number };

const REDIRECTS = 6;

const pageOf = (path: string): string => path.replace(/\/[\w-]{30,}/, '/…');

type Form = { action: string; hidden: Record<string, string>; body: string };

function formsOf(page: string): Form[] {
  const forms = page.matchAll(/<form\b([^>]*\bmethod="post"[^>]*)>([\s\S]*?)<\/form>/g);
  return [...forms].map(([, attributes = '', body = '']) => {
    const hidden = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return {
      action: /\baction="([^"]*)"/.exec(attributes)?.[1] ?? '',
      hidden: Object.fromEntries([...hidden].map(([, name, value]) => [name, value])),
      body,
    };
  });
}

export class Browser {
  readonly timings: Timing[] = [];
  /** The path of the current page. */
  path = '/';
  page = '';
  readonly #origin: string;
  readonly #address: string;
  readonly #cookies = new Map<string, string>();

  /** `address`: the client address that requests claim, as a proxy would. */
  constructor(origin: string, address: string) {
    this.#origin = origin;
    this.#address = address;
  }

  async open(path: string): Promise<void> {
    let location: string | undefined = path;
    for (let hops = 0; location && hops <= REDIRECTS; hops++) {
      this.path = new URL(location, this.#origin).pathname;
      location = await this.#ask(this.path);
    }
  }

  /**
   * Submits the form that has all of `fields` (of several, the one that posts to its own page), and follows redirects.
   */
  async submit(fields: Record<string, string>): Promise<void> {
    const names = Object.keys(fields);
    const fitting = formsOf(this.page).filter(({ body }) =>
      names.every((name) => body.includes(`name="${name}"`)),
    );
    const form = fitting.find(({ action }) => action === this.path) ?? fitting[0];
    if (!form) throw new Error(`${this.path} has no form with ${names}`);
    const path = form.action || this.path;
    const location = await this.#ask(path, new URLSearchParams({ ...form.hidden, ...fields }));
    if (location) await this.open(location);
  }

  /** One request; `page` becomes its answer. Returns where it redirects to. */
  async #ask(path: string, body?: URLSearchParams): Promise<string | undefined> {
    const method = body ? 'POST' : 'GET';
    const begun = performance.now();
    const response = await fetch(new URL(path, this.#origin), {
      method,
      body,
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies].map((cookie) => cookie.join('=')).join('; '),
        'accept-language': 'nl',
        'x-forwarded-for': this.#address,
      },
    });
    this.page = await response.text();
    this.timings.push({ method, page: pageOf(path), ms: performance.now() - begun });
    this.#keepCookies(response.headers.getSetCookie());
    if (response.status >= 400) throw new Error(`${method} ${pageOf(path)} was answered ${response.status}`);
    return response.headers.get('location') ?? undefined;
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }
}
