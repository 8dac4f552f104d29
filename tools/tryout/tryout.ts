/**
 * The pages for trying Instap out: start page, mailbox and phone, with the stand-in for the SMS provider. On loopback
 * only.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { html } from '../../web/ui/html.ts';
import type { Authenticator } from './authenticator.ts';
import type { Mailbox } from './mailbox.ts';
import { mailboxPages } from './mailboxPages.ts';
import { page } from './page.ts';
import type { Phone } from './phone.ts';
import { phonePages } from './phonePages.ts';
import { type StartPage, startPage } from './startPage.ts';
import { twilioApi } from './twilioApi.ts';

const POLICY =
  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; img-src 'self' data:";
const OURS = ['localhost', '127.0.0.1', '[::1]'];
const ASSETS = { '/tryout.css': 'text/css', '/tryout.js': 'text/javascript' };

export type TrialParts = {
  /** Absent when mail goes to a real server. */
  mailbox?: Mailbox;
  /** Absent when SMS go to a real provider. */
  phone?: Phone;
  authenticator?: Authenticator;
  /** For times on the pages: TIME_ZONE, or this machine's by default. */
  timeZone?: string;
};

export type Trial = {
  port: number;
  /** For TWILIO_BASE_URL. */
  url: string;
  /** Gives the start page what becomes known later. */
  show: (start: StartPage) => void;
  close: () => Promise<void>;
};

/** Listens on 127.0.0.1; `port` 0 or absent: a free one. */
export async function openTrial(parts: TrialParts, port = 0): Promise<Trial> {
  const { mailbox, phone, authenticator, timeZone } = parts;
  let start: StartPage | undefined;
  const router = new Router();
  startPage(router, () => start);
  if (mailbox) mailboxPages(router, { mailbox, timeZone });
  else elsewhere('/mailbox', 'Mail goes to the mail server of SMTP_URL.');
  if (phone) twilioApi(router, phone);
  if (phone && authenticator) phonePages(router, { phone, authenticator, timeZone });
  else elsewhere('/phone', 'SMS go to the provider of TWILIO_ACCOUNT_SID.');
  for (const [address, type] of Object.entries(ASSETS)) {
    const file = path.join(import.meta.dirname, 'public', address);
    router.get(address, (ctx) => {
      ctx.type = type;
      ctx.body = readFileSync(file);
    });
  }

  const app = new Koa();
  app.use(async (ctx, next) => {
    // Other sites in the same browser must neither read this (through a name that points here) nor post to it.
    if (!OURS.includes(ctx.hostname)) ctx.throw(403);
    if (ctx.method !== 'GET' && ctx.get('Sec-Fetch-Site') === 'cross-site') ctx.throw(403);
    ctx.set({
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
    });
    await next();
  });
  app.use(bodyParser({ enableTypes: ['form'] }));
  app.use(router.routes());

  function elsewhere(place: '/mailbox' | '/phone', where: string): void {
    router.get(place, (ctx) => {
      ctx.body = page({ title: 'Elsewhere', place }, html`<h1>Not here</h1><p>${where}</p>`);
    });
  }

  const server = createServer(app.callback());
  const listening = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
  return {
    port: listening,
    url: `http://localhost:${listening}`,
    show: (known) => {
      start = known;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
