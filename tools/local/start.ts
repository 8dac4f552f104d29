/** `npm start`: the whole service on this machine, for trying out and small use. Ctrl-C stops all of it. */
import { EX_CONFIG } from '../../processes/starting.ts';
import { choosePorts } from './chosenPorts.ts';
import { filterLinks } from './filterLinks.ts';
import { makeFolder } from './folder.ts';
import { announce, endLeftovers, lock, type Running, unlock } from './lock.ts';
import { say, seconds } from './screen.ts';
import { bringUp, type Up } from './service.ts';
import { checkSettings, givenParts, readArguments } from './settings.ts';
import { findTemporal } from './temporalCli.ts';

const EXIT = { usage: 64, wrongSettings: EX_CONFIG, failed: 1, stopped: 0 } as const;

/** One Ctrl-C may arrive twice, from the terminal and from npm; a later one means that it takes too long. */
const HURRY_AFTER_MS = 3_000;

const stop = new AbortController();
let askedAt = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // Running parts get their signal at exit, and the next start ends what is left.
    if (performance.now() - askedAt > HURRY_AFTER_MS) process.exit(EXIT.failed);
    if (stop.signal.aborted) return;
    console.log('\nStopping …');
    askedAt = performance.now();
    stop.abort();
  });
const asksToStop = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));

const wish = readArguments(process.argv.slice(2));
if ('error' in wish) end(wish.error, EXIT.usage);
makeFolder();
const settings = checkSettings(process.env);
if ('errors' in settings) end(`Fix these settings:\n  ${settings.errors.join('\n  ')}`, EXIT.wrongSettings);
const other = await lock();
if (other) end(alreadyRunning(other), EXIT.failed);

try {
  await start({ ...settings, day: wish.day });
} finally {
  unlock();
}
process.exit();

/** Returns when everything has been stopped again. */
async function start({ config, day }: Pick<Parameters<typeof bringUp>[0], 'config' | 'day'>): Promise<void> {
  console.log('Instap is starting …');
  const left = await endLeftovers();
  if (left) say('start', `stopped ${left} processes left by a start that was killed`);
  const choice = await choosePorts(process.env);
  if ('error' in choice) return failed(choice.error);
  for (const move of choice.moved) say('ports', move);

  const stops: (() => Promise<void>)[] = [];
  try {
    const temporalCli = givenParts(process.env).temporal ? undefined : await untilStopped(requireTemporal());
    const up = await bringUp({ config, day, temporalCli, stops, asksToStop, ports: choice.ports });
    announce(up);
    if (!stop.signal.aborted) console.log(howToGoOn(up, day));
    await asksToStop;
  } catch (error) {
    if (!stop.signal.aborted) failed(error instanceof Error ? error.message : String(error));
  } finally {
    // One after the other, in reverse order, so that no part loses what it depends on.
    for (const stopPart of stops.reverse()) await stopPart();
    if (stop.signal.aborted) console.log('Everything is stopped. The data stays in .instap/.');
  }
}

async function requireTemporal(): Promise<string> {
  const found = await findTemporal((text) => say('Temporal', text));
  if ('hint' in found) throw new Error(found.hint);
  return found.cli;
}

/** Building takes minutes, and a stop must not wait for it. */
function untilStopped<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, asksToStop.then(() => Promise.reject(new Error('stopped')))]);
}

function failed(reason: string): void {
  console.error(`\nInstap cannot start: ${reason}\nThe logs are in .instap/logs/.`);
  process.exitCode = EXIT.failed;
}

function end(reason: string, code: number): never {
  console.error(reason);
  process.exit(code);
}

function alreadyRunning({ pid, publicUrl, trialUrl, temporalUi }: Running): string {
  const addresses = [trialUrl, publicUrl, temporalUi].filter(Boolean).join('  ');
  return `npm start is already running here: pid ${pid}${addresses ? `, ${addresses}` : ', still starting'}`;
}

function howToGoOn(
  { publicUrl, trialUrl, temporalUi, timeZone, mailbox, phone }: Up,
  day: string | undefined,
): string {
  const places = [
    ['Start here', trialUrl, 'send a sample message, then act as the person who gets it'],
    mailbox && ['Mailbox', `${trialUrl}/mailbox`, 'all mail arrives here'],
    phone && ['Phone', `${trialUrl}/phone`, 'all SMS arrive here; it also has an authenticator app'],
    ['Instap', `${publicUrl}/sign-in`, 'what people see'],
    temporalUi && ['Operator', temporalUi, 'the Temporal UI: everybody who has not finished'],
  ].filter((place) => place !== false && place !== undefined && place !== '');
  const links = temporalUi ? filterLines(temporalUi, { timeZone, day }) : '';
  return `
Instap is ready after ${seconds()}.${day ? ` A day lasts ${day}.` : ''}

${places.map(([name = '', address = '', what = '']) => `  ${name.padEnd(11)} ${address}\n${' '.repeat(14)}${what}`).join('\n')}
${links}
Next: open ${trialUrl} and send a message, or  npm run invite -- anna@example.com
API key: .instap/api-key   Logs: .instap/logs/   Data: .instap/ (kept)   Ctrl-C stops everything.
`;
}

/** One line each: the name, and the link into the workflow list. */
function filterLines(ui: string, when: { timeZone: string; day?: string }): string {
  const line = ({ name, url }: { name: string; url: string }) =>
    `${' '.repeat(14)}${name.padEnd(20)} ${url}\n`;
  return filterLinks(ui, when).map(line).join('');
}
