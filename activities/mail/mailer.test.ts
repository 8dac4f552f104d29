/**
 * Handing mails to a real mail server: only to the intended mailbox, with one header, and failures without an address.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MailAnswers, openRawMailServer, type RawMailServer } from '../../test/kit/rawMailServer.ts';
import { type Mailbox, openMailbox } from '../../tools/tryout/mailbox.ts';
import { createMailer, type Mail, type Mailer } from './mailer.ts';
import { MailNotTaken } from './smtpFailure.ts';

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
    expect(await mailer.send(MAIL)).toEqual({ outcome: 'sent' });
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

  // Mail programs show only the name, and forged mails put an address there.
  it.each([
    ['info@voorbeeld.example', 'Instap'],
    ['Gemeente Voorbeeld <info@voorbeeld.example>', 'Gemeente Voorbeeld'],
    ['"info@voorbeeld.example"', 'Instap'],
    ['Gemeente Voorbeeld (info@voorbeeld.example)', 'Gemeente Voorbeeld'],
    ['info@voorbeeld.example – Gemeente Voorbeeld', 'Gemeente Voorbeeld'],
    ['info @ voorbeeld.example', 'Instap'],
    ['info\uFF20voorbeeld.example', 'Instap'],
    ['info\uFE6Bvoorbeeld.example', 'Instap'],
    ['in\u200Bfo\u2060@voorbeeld.example, Gemeente', 'Gemeente'],
    ['\u202Eelpmaxe.dleebroov@ofni', 'Instap'],
    ['@', 'Instap'],
    ['Bouw & Zn. (Utrecht)', 'Bouw & Zn. (Utrecht)'],
    ['Voorbeeld.nl B.V.', 'Voorbeeld.nl B.V.'],
  ])('of an organisation named %j has a name without an address in From', async (fromName, shown) => {
    await mailer.send({ ...MAIL, fromName });
    const from = (await mailbox.mails())[0]?.from ?? '';
    expect(from.replaceAll('"', '')).toBe(`${shown} <no-reply@instap.example>`);
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
      expect(await mailer.send({ ...MAIL, to })).toEqual({ outcome: 'sent' });
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
    expect(await mailer.send({ ...MAIL, to })).toEqual({ outcome: 'undeliverable', reason: 'no mailbox' });
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
    const refused = await mailer.send({ ...MAIL, to: 'anna@refused.example' });
    expect(refused).toEqual({ outcome: 'undeliverable', reason: '550 5.1.1' });
  });

  it('because the server says "later" is tried again, in words without the address', async () => {
    const failure = await mailer.send({ ...MAIL, to: 'anna@busy.example' }).catch((error: Error) => error);
    expect(String(failure)).toContain('451');
    expect(String(failure)).not.toContain('anna');
  });

  it('because the server is away, too', async () => {
    const nowhere = createMailer({ url: 'smtp://127.0.0.1:1', from: 'no-reply@instap.example' });
    const failure = await nowhere.send(MAIL).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(MailNotTaken);
    expect(failure).toMatchObject({ reason: 'ECONNREFUSED', message: expect.stringContaining('SMTP_URL') });
    nowhere.close();
  });

  it('because there is no such server, too', async () => {
    const nowhere = createMailer({ url: 'smtp://mail.invalid', from: 'no-reply@instap.example' });
    const failure = await nowhere.send(MAIL).catch((error: Error) => error);
    expect(String(failure)).toContain('check that SMTP_URL is right');
    nowhere.close();
  });
});

describe('a mail server in trouble', () => {
  let server: RawMailServer;
  let toServer: Mailer;
  beforeAll(async () => {
    server = await openRawMailServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.received.length = 0;
    // A new mailer each time, because open connections would skip greeting and sign-in.
    const url = `smtp://instap:secret@127.0.0.1:${server.port}`;
    toServer = createMailer({ url, from: 'no-reply@instap.example' });
    return () => toServer.close();
  });

  const send = (answers: MailAnswers) => {
    server.answer(answers);
    return toServer.send(MAIL);
  };

  it.each<[string, MailAnswers, string]>([
    ['the address', { RCPT: '550 5.1.1 <anna@example.com> unknown' }, '550 5.1.1'],
    ['the address, without an enhanced code', { RCPT: '553 no anna here' }, '553'],
    ['the mail before its text', { DATA: '554 5.5.1 no valid recipients' }, '554 5.5.1'],
    ['the mail after its text', { end: '554 5.7.1 anna@example.com gets no spam' }, '554 5.7.1'],
  ])('that refuses %s for good makes it undeliverable, and says why', async (_what, answers, reason) => {
    expect(await send(answers)).toEqual({ outcome: 'undeliverable', reason });
  });

  it.each<[string, MailAnswers, string, string]>([
    ['refuses us', { greeting: '554 5.7.1 you are not welcome' }, '554 5.7.1', 'lets this worker send'],
    [
      'refuses our sign-in',
      { AUTH: '535 5.7.8 instap:secret is wrong' },
      '535 5.7.8',
      'user and password in SMTP_URL',
    ],
    [
      'wants a sign-in, and says so late',
      { RCPT: '530 5.7.0 sign in first' },
      '530 5.7.0',
      'user and password in SMTP_URL',
    ],
    ['refuses our sender', { MAIL: '553 5.7.1 not yours' }, '553 5.7.1', 'MAIL_FROM'],
    ['is out of step', { RCPT: '503 5.5.1 bad sequence' }, '503 5.5.1', 'refuses to talk'],
    ['is not open yet', { greeting: '421 4.3.2 anna@example.com' }, '421 4.3.2', 'says "later"'],
    ['puts the address off', { RCPT: '450 4.2.1 anna@example.com: greylisted' }, '450 4.2.1', 'says "later"'],
    ['puts the mail off', { end: '452 4.3.1 no room for anna@example.com' }, '452 4.3.1', 'says "later"'],
    ['hangs up at the greeting', { greeting: 'drop' }, 'ECONNECTION', 'no answer from the mail server'],
    ['hangs up in the middle', { RCPT: 'drop' }, 'ECONNECTION', 'no answer from the mail server'],
  ])('that %s is tried again, and the operator reads what to do', async (_what, answers, reason, hint) => {
    const failure = await send(answers).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(MailNotTaken);
    expect(failure).toMatchObject({ reason, message: expect.stringContaining(hint) });
    expect(String(failure)).not.toMatch(/anna|secret|instap/);
  });

  it('that has no TLS where it is asked for is tried again, and the operator reads what to do', async () => {
    const secure = createMailer({ url: `smtps://127.0.0.1:${server.port}`, from: 'no-reply@instap.example' });
    server.answer({});
    const failure = await secure.send(MAIL).catch((error: Error) => error);
    expect(String(failure)).toContain('no secure connection to the mail server');
    secure.close();
  });

  describe('on another machine', () => {
    /** Another name for this machine. */
    const OTHER_NAME = hostname();
    const sendThere = async (url: string, clearTextHost?: string) => {
      const there = createMailer({ url, from: 'no-reply@instap.example', clearTextHost });
      return there.send(MAIL).finally(() => there.close());
    };
    let elsewhere: RawMailServer;
    beforeAll(async () => {
      elsewhere = await openRawMailServer('0.0.0.0');
    });
    afterAll(() => elsewhere.close());
    beforeEach(() => {
      elsewhere.received.length = 0;
    });

    it.each<[string, MailAnswers]>([
      ['does not offer STARTTLS', {}],
      ['knows no EHLO', { EHLO: '502 5.5.1 what?' }],
      ['refuses STARTTLS after offering it', { EHLO: '250-here\r\n250 STARTTLS' }],
      ['is not ready for STARTTLS', { STARTTLS: '454 4.7.0 not now' }],
    ])(
      'that %s gets no mail in clear: it is tried again, and the operator reads what to do',
      async (_what, answers) => {
        elsewhere.answer(answers);
        const failure = await sendThere(`smtp://${OTHER_NAME}:${elsewhere.port}`).catch(
          (error: Error) => error,
        );
        expect(failure).toBeInstanceOf(MailNotTaken);
        expect(String(failure)).toMatch(/no STARTTLS.*enable it there/);
        expect(String(failure)).not.toContain('anna');
        expect(elsewhere.received).toEqual([]);
      },
    );

    it('that the settings name gets it without TLS', async () => {
      elsewhere.answer({});
      const url = `smtp://${OTHER_NAME}:${elsewhere.port}`;
      expect(await sendThere(url, OTHER_NAME.toLowerCase())).toEqual({ outcome: 'sent' });
      expect(elsewhere.received).toHaveLength(1);
    });
  });

  it('27: that takes the mail and drops the line before its 250 gets the same mail again, with the same Message-ID', async () => {
    await expect(send({ end: 'drop' })).rejects.toBeInstanceOf(MailNotTaken);
    expect(await send({})).toEqual({ outcome: 'sent' });
    expect(server.received).toHaveLength(2);
    for (const mail of server.received) expect(mail).toContain(`Message-ID: ${MAIL.messageId}`);
  });
});
