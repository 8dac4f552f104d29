/** Text that people and senders write: shown as text on every page and in every mail, whatever it contains. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visible } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { escaped } from './ui/html.ts';

const TEXTS: [string, string][] = [
  ['script', '<script>alert(1)</script>'],
  ['markup in an attribute', `"><img src=x onerror='alert(1)'>`],
  ['an entity', '&lt;b&gt; &amp; &#x3c;'],
  ['a template', '#{7*7} {{7*7}} <%= 7*7 %> %s $1'],
  ['emoji', '🚲 👩‍👩‍👧 🏳️‍🌈'],
  ['right-to-left', 'مرحبا abc'],
  ['a style', '</style><style>body{display:none}</style>'],
  ['a comment', '--> <!-- ]]>'],
];

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

describe.each(TEXTS)('%s', (_what, text) => {
  it('in message, subject and sender is text on the page and in the mail', async () => {
    const anna = new Participant(testEnv);
    const line = text.slice(0, 90);
    await anna.invited({ from: { name: line }, subject: line, body: text });
    const mail = await anna.mail();
    expect(mail.text).toContain(`${line} (Gemeente Voorbeeld) heeft u een vertrouwelijk bericht gestuurd`);
    expect(mail.html).toContain(`${escaped(line)} (Gemeente Voorbeeld)`);
    expect(mail.recipients).toEqual([anna.email]);
    // A mail has one style sheet, in its head.
    expect(mail.html!.split('</head>')[1]).not.toMatch(/<script|<img|<style/);

    await anna.finished();
    await anna.open('/messages');
    expect(anna.page.text).toContain(escaped(line));
    await anna.open(`/messages/${anna.sent!.id}`);
    expect(anna.page.text).toContain(`<h1>${escaped(line)}</h1>`);
    expect(anna.page.text).toContain(escaped(text));
    expect(anna.page.text).not.toMatch(/<img|<style|<script(?! src="\/assets\/)/);
    expect(visible(anna.page.text)).toContain(line.replace(/\s+/g, ' '));
  });
});

it('100,000 characters are read to the last', async () => {
  const anna = new Participant(testEnv);
  await anna.invited({ body: `${'é'.repeat(99_996)} end` });
  await anna.finished();
  await anna.open(`/messages/${anna.sent!.id}`);
  expect(anna.page.text).toContain('éé end</div>');
});

it('an organisation with markup in its name is text everywhere', async () => {
  await testEnv.db.sql('client').where({ id: testEnv.clientId }).update({ name: '<b>Bos & "Lommer"</b>' });
  const anna = new Participant(testEnv);
  await anna.invited();
  const mail = await anna.mail();
  expect(mail.from).toContain('Bos & ');
  expect(mail.html).not.toContain('<b>Bos');
  await anna.to('password');
  expect(anna.page.text).toContain('&lt;b&gt;Bos &amp; &quot;Lommer&quot;&lt;/b&gt;');
  expect(anna.page.text).not.toContain('<b>Bos');
  await testEnv.db.sql('client').where({ id: testEnv.clientId }).update({ name: 'Gemeente Voorbeeld' });
});
