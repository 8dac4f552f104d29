/** The system of an organisation that sends messages through the API. */
import { randomUUID } from 'node:crypto';

/** Throws when the message was not accepted. */
export async function sendMessage(
  { url, apiKey }: { url: string; apiKey: string },
  { email, body }: { email: string; body: string },
): Promise<void> {
  const response = await fetch(`${url}/api/v1/messages`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify({
      to: { email, locale: 'nl' },
      from: { name: 'Afdeling Personeel' },
      subject: 'Uw aanstelling',
      body,
    }),
  });
  await response.arrayBuffer();
  if (response.status !== 202) throw new Error(`a message was answered ${response.status}`);
}
