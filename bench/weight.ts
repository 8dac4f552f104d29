/** The size of the first page over the wire, with headers, and compressed as browsers request. */
import { Agent, get } from 'node:http';
import { linkIn } from './participant.ts';
import { sendMessage } from './sender.ts';
import type { BenchService } from './service.ts';

export type Weight = {
  /** The page with its style, and without scripts. */
  withoutScript: number;
  all: number;
};

const EMAIL = 'first.page@example.com';
const SCRIPT = /<script\b[^>]*\bsrc="([^"]+)"/g;
const OTHERS = /<link\b[^>]*\brel="(?:stylesheet|icon)"[^>]*>/g;
const HREF = /\bhref="([^"]+)"/;

export async function weighFirstPage(service: BenchService): Promise<Weight> {
  const mailCame = service.standIns.nextMail(EMAIL);
  await sendMessage(service, { email: EMAIL, body: 'Beste collega.' });
  const page = await fetchBytes(new URL(linkIn(await mailCame), service.url));
  const urlsOf = (paths: (string | undefined)[]) =>
    paths
      .filter((path) => path !== undefined && !path.startsWith('data:'))
      .map((path) => new URL(path!, service.url));
  const scripts = urlsOf([...page.text.matchAll(SCRIPT)].map(([, path]) => path));
  const others = urlsOf([...page.text.matchAll(OTHERS)].map(([link]) => HREF.exec(link)?.[1]));
  const withoutScript = page.bytes + (await sumOf(others));
  return { withoutScript, all: withoutScript + (await sumOf(scripts)) };
}

async function sumOf(urls: URL[]): Promise<number> {
  const fetched = await Promise.all(urls.map(fetchBytes));
  return fetched.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** `bytes`: of the whole answer. `text` is readable only where the answer is. */
async function fetchBytes(url: URL): Promise<{ bytes: number; text: string }> {
  const plain = await fetch(url, { headers: { 'accept-language': 'nl' } });
  return { bytes: await bytesOf(url), text: await plain.text() };
}

/** On a connection of its own, so that every byte that it reads belongs to this answer. */
function bytesOf(url: URL): Promise<number> {
  const headers = { 'accept-encoding': 'gzip, deflate, br', 'accept-language': 'nl' };
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: new Agent({ keepAlive: false }) }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.socket.bytesRead));
      answer.on('error', reject);
    });
    request.on('error', reject);
  });
}
