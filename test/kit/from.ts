/** A browser somewhere else. The web server has to be told that a proxy says from where (TRUST_PROXY). */
import type { WebClient } from './webClient.ts';

/** The same browser, seen from this network address. */
export function from<T extends WebClient>(address: string, browser: T): T {
  const ask = browser.ask.bind(browser);
  browser.ask = (path, init = {}) =>
    ask(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': address } });
  return browser;
}
