/** The sample organisation, its API key, and its sample message. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { addClient, addKey, clientOfKey, findClient } from '../../db/clients.ts';
import type { Db } from '../../db/connect.ts';
import { keepSecret } from './folder.ts';

export const SAMPLE_CLIENT = 'Gemeente Voorbeeld';
const KEY_DAYS = 365;
const ANSWER_WITHIN_MS = 15_000;

export type Sample = { email: string; locale: string; sender: string; subject: string; body: string };

/** Defaults for what a form or command line leaves out. */
export const SAMPLE: Sample = {
  email: 'anna@example.com',
  locale: 'nl',
  sender: 'Team Vergunningen',
  subject: 'Uw aanvraag',
  body: 'Beste Anna,\n\nUw aanvraag is goedgekeurd. Het nummer van uw dossier is 2026-0417.\n\nMet vriendelijke groet,\nTeam Vergunningen',
};

/** The same in each language. */
export const SAMPLES = {
  nl: SAMPLE,
  en: {
    email: 'john@example.com',
    locale: 'en',
    sender: 'Permits Team',
    subject: 'Your application',
    body: 'Dear John,\n\nYour application has been approved. The number of your file is 2026-0418.\n\nKind regards,\nPermits Team',
  },
} satisfies Record<string, Sample>;

/** The sample in a reader's language. */
export const sampleIn = (locale: string | undefined): Sample => (locale === 'en' ? SAMPLES.en : SAMPLES.nl);

/** A working key of the sample client, kept in `file`; a new one when the file is gone or the key has expired. */
export async function sampleKey(db: Db, file: string): Promise<string> {
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept && (await clientOfKey(db, kept))) return kept;
  const client = (await findClient(db, SAMPLE_CLIENT)) ?? (await addClient(db, SAMPLE_CLIENT));
  const key = await addKey(db, { clientId: client.id, days: KEY_DAYS });
  keepSecret(file, `${key}\n`);
  return key;
}

export type Answer = {
  accepted: boolean;
  /** The HTTP status; 0 without an answer. */
  status: number;
  /** The API's JSON, or why there is none. */
  text: string;
};

/** Sends the message through the API, as a sender's system does. */
export async function sendSample(
  sample: Sample,
  { publicUrl, apiKey }: { publicUrl: string; apiKey: string },
): Promise<Answer> {
  try {
    const response = await fetch(new URL('/api/v1/messages', publicUrl), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({
        to: { email: sample.email, locale: sample.locale },
        from: { name: sample.sender },
        subject: sample.subject,
        body: sample.body,
      }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    return { accepted: response.status === 202, status: response.status, text: pretty(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { accepted: false, status: 0, text: cause instanceof Error ? cause.message : String(cause) };
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
