/** `npm run invite -- anna@example.com [--locale en]`: a sample message through the API of the running `npm start`. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kept } from './folder.ts';
import { running } from './lock.ts';
import { SAMPLE_CLIENT, sampleIn, sendSample } from './sample.ts';

const USAGE = `Usage: npm run invite -- anna@example.com [--locale nl|en] [--sender NAME] [--subject TEXT] [--body TEXT]`;

const text = { type: 'string' } as const;
const { email, ...words } = read();
const start = running();
if (!start?.publicUrl || !existsSync(kept('api-key')))
  fail(`Instap is not running: ${start ? 'npm start is not ready yet' : 'start it first, with npm start'}.`);

const sample = { ...sampleIn(words.locale), ...words, email };
const apiKey = readFileSync(kept('api-key'), 'utf8').trim();
console.log(`${SAMPLE_CLIENT} sends a message to ${email}: POST ${start.publicUrl}/api/v1/messages`);
const answer = await sendSample(sample, { publicUrl: start.publicUrl, apiKey });
console.log(`${answer.status || 'No answer'}\n${answer.text}`);
if (!answer.accepted) fail('The message was not accepted.');
console.log(`\nAs ${email}: the mail is in ${start.trialUrl}/mailbox`);
if (start.temporalUi) console.log(`As the operator: ${start.temporalUi}`);

function read() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { locale: text, sender: text, subject: text, body: text },
    });
    const [address, ...more] = positionals;
    if (!address || more.length) fail(USAGE);
    return { ...values, email: address };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
