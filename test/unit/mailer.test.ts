/** Handing mails to a real mail server: to the one mailbox it is for, with one head, and failures without an address. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailer, type Mail, type Mailer } from '../../activities/mail/mailer.ts';
import { type Mailbox, openMailbox } from '../../dev/mailbox.ts';

let folder: string;
let mailbox: Mailbox;
let mailer: Mailer;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'instap-mailer-'));
  mailbox = await openMailbox({ folder });
  mailer = createMailer({ url: mailbox.url, from: 'Instap <no-reply@instap.example>' });
});
afterAll(async () => {
  mailer.close();
  await mailbox.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => mailbox.clear());

const MAIL: Mail = {
  to: 'anna@example.com',
  fromName: 'Gemeente Voorbeeld',
  subject: 'Er staat een bericht voor u klaar – é 🚲',
  text: 'Open de link.',
  html: '<p>Open de link.</p>',
  messageId: '<0190a5f2@instap.example>',
};

describe('a mail', () => {
  it('arrives at its mailbox only, with its own Message-ID, from our address and the organisation’s name', async () => {
    expect(await mailer.send(MAIL)).toBe('sent');
    const [mail] = await mailbox.mails();
    expect(mail).toMatchObject({
      recipients: ['anna@example.com'],
      sender: 'no-reply@instap.example',
      subject: MAIL.subject,
      messageId: MAIL.messageId,
    });
    expect(mail?.from).toBe('"Gemeente Voorbeeld" <no-reply@instap.example>');
    expect(mail?.headers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['auto-submitted', 'x-auto-response-suppress']),
    );
  });

  it('sent again is the same mail: same Message-ID, same parts', async () => {
    await mailer.send(MAIL);
    await mailer.send(MAIL);
    const [one, two] = await mailbox.mails();
    const same = ({ messageId, subject, text, html, to, from }: typeof one & object) => ({
      messageId,
      subject,
      text,
      html,
      to,
      from,
    });
    expect(same(one!)).toEqual(same(two!));
  });

  it('keeps an address as it is, with apostrophe and plus', async () => {
    for (const to of ["o'neill@example.com", 'anna+work@example.com']) {
      expect(await mailer.send({ ...MAIL, to })).toBe('sent');
      expect((await mailbox.mails())[0]?.recipients).toEqual([to]);
    }
  });
});

describe('nobody else gets it', () => {
  it.each([
    'x@y.nl\r\nBcc: evil@e.nl',
    'x@y.nl\nBcc: evil@e.nl',
    'x@y.nl, evil@e.nl',
    'x@y.nl;evil@e.nl',
    'g: evil@e.nl;',
    'Evil <evil@e.nl>',
    '"x@y.nl" <evil@e.nl>',
    '"evil@e.nl"@y.nl',
    'x@y.nl(evil@e.nl)',
    'x@y.nl evil@e.nl',
    'evil@e.nl\u0000@y.nl',
    '',
  ])('with an address that is none: %j', async (to) => {
    expect(await mailer.send({ ...MAIL, to })).toBe('undeliverable');
    expect(await mailbox.mails()).toEqual([]);
  });

  it.each(['\r\nBcc: evil@e.nl', '\nTo: evil@e.nl', '", <evil@e.nl>, "', '<evil@e.nl>', 'é\r\n\r\nbody'])(
    'with an organisation or a subject that holds %j',
    async (hostile) => {
      await mailer.send({ ...MAIL, fromName: `X${hostile}`, subject: `X${hostile}` });
      const [mail] = await mailbox.mails();
      expect(mail?.recipients).toEqual(['anna@example.com']);
      expect(mail?.to).toBe('anna@example.com');
      expect(mail?.headers.map(({ name }) => name)).not.toContain('bcc');
      expect(mail?.text.trim()).toBe('Open de link.');
    },
  );
});

describe('a mail that cannot be handed over', () => {
  it('because the server refuses the address is undeliverable', async () => {
    expect(await mailer.send({ ...MAIL, to: 'anna@refused.example' })).toBe('undeliverable');
  });

  it('because the server says "later" is tried again, in words without the address', async () => {
    const failure = await mailer.send({ ...MAIL, to: 'anna@busy.example' }).catch((error: Error) => error);
    expect(String(failure)).toContain('451');
    expect(String(failure)).not.toContain('anna');
  });

  it('because the server is away, too', async () => {
    const nowhere = createMailer({ url: 'smtp://127.0.0.1:1', from: 'no-reply@instap.example' });
    const failure = await nowhere.send(MAIL).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).not.toContain('anna');
    nowhere.close();
  });
});
