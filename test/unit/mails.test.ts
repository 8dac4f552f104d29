/** Mails: text is text whoever wrote it, both parts say the same, both languages have the same parts. */
import { describe, expect, it } from 'vitest';
import { type Letter, layOut } from '../../activities/mail/layout.ts';
import { type InvitationFacts, LETTERS } from '../../activities/mail/letters.ts';

const HOSTILE = `<script>alert("x")</script> & 'O’Neill' \u202e`;
const FACTS: InvitationFacts = {
  organisation: 'Gemeente Voorbeeld',
  sender: 'Afdeling Personeel (Gemeente Voorbeeld)',
  email: 'anna@example.com',
  url: 'https://instap.example/i/abc',
  temporaryPassword: 'acdef-gh346-kmnp',
  until: '6 december 2026 om 11:15',
};
const STEPS = ['terms', 'password', 'sms', 'app', 'profile'] as const;
const FRAME = { locale: 'nl', organisation: 'Gemeente Voorbeeld', helpContact: '' } as const;

const shape = (letter: Letter) => ({
  paragraphs: letter.paragraphs.length,
  rows: letter.rows?.length,
  button: Boolean(letter.button),
  after: letter.after?.length,
  empty: [letter.subject, letter.preheader, ...letter.paragraphs].filter((text) => !text.trim()),
});

/** Every mail that can leave, in one language. */
function letters(locale: 'nl' | 'en'): [string, Letter][] {
  const words = LETTERS[locale];
  const { organisation, sender, url } = FACTS;
  return [
    ['invitation', words.invitation(FACTS)],
    ['invitation, password from the sender', words.invitation({ ...FACTS, temporaryPassword: null })],
    ['invitation, password chosen', words.invitation({ ...FACTS, temporaryPassword: undefined })],
    ...STEPS.map((step): [string, Letter] => [
      `reminder at ${step}`,
      words.reminder({ ...FACTS, step, last: false }),
    ]),
    ['last reminder', words.reminder({ ...FACTS, step: 'sms', last: true })],
    [
      'last reminder, password from the sender',
      words.reminder({ ...FACTS, temporaryPassword: null, step: 'password', last: true }),
    ],
    ['account opened', words.accountOpened({ organisation, url })],
    ['message notice', words.messageNotice({ organisation, sender, url })],
  ];
}

describe('every mail', () => {
  it('has the same parts in both languages, none of them empty', () => {
    const dutch = letters('nl').map(([name, letter]) => [name, shape(letter)]);
    const english = letters('en').map(([name, letter]) => [name, shape(letter)]);
    expect(dutch).toEqual(english);
    for (const [name, { empty }] of dutch as [string, ReturnType<typeof shape>][])
      expect(empty, name).toEqual([]);
  });

  it.each(['nl', 'en'] as const)('in %s says everything in the text and in the HTML', (locale) => {
    for (const [name, letter] of letters(locale)) {
      const mail = layOut(letter, { ...FRAME, locale, helpContact: 'bel 14 020' });
      const said = [
        FRAME.organisation,
        ...letter.paragraphs,
        ...(letter.rows ?? []).flat(),
        ...(letter.button ? [letter.button.label, letter.button.url] : []),
        ...(letter.after ?? []),
        'bel 14 020',
      ];
      for (const text of said) {
        expect(mail.text, name).toContain(text);
        expect(mail.html, name).toContain(text);
      }
    }
  });

  it('says in its last line that it was generated and replies are not read', () => {
    expect(layOut(LETTERS.nl.invitation(FACTS), FRAME).text.split('\n').at(-1)).toBe(
      'Deze e-mail is automatisch gemaakt. Antwoorden worden niet gelezen.',
    );
    expect(
      layOut(LETTERS.en.invitation(FACTS), { ...FRAME, locale: 'en' })
        .text.split('\n')
        .at(-1),
    ).toBe('This e-mail was generated. Replies are not read.');
  });

  it('has at most one button, and nothing from elsewhere', () => {
    for (const [, letter] of [...letters('nl'), ...letters('en')]) {
      const { html } = layOut(letter, FRAME);
      expect(html).not.toMatch(/<img|<link|<script|<iframe|url\(|@import/);
      const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, url]) => url);
      expect(new Set(links).size).toBe(1);
    }
  });
});

describe('the invitation', () => {
  it('names the temporary password only when it goes by mail', () => {
    const given = (temporaryPassword: string | null | undefined) =>
      layOut(LETTERS.nl.invitation({ ...FACTS, temporaryPassword }), FRAME).text;
    expect(given('acdef-gh346-kmnp')).toContain('Tijdelijk wachtwoord: acdef-gh346-kmnp');
    expect(given(null)).toContain('Vraag er daar naar');
    for (const absent of [null, undefined]) expect(given(absent)).not.toContain('Tijdelijk wachtwoord:');
  });

  it('says what to do if it was not expected', () => {
    expect(layOut(LETTERS.nl.invitation(FACTS), FRAME).text).toContain('Verwacht u dit bericht niet?');
    expect(layOut(LETTERS.en.invitation(FACTS), FRAME).text).toContain(
      'Were you not expecting this message?',
    );
  });
});

it('each reminder names another step, and only the last says that it is the last', () => {
  const stopped = STEPS.map((step) => LETTERS.nl.reminder({ ...FACTS, step, last: false }).preheader);
  expect(new Set(stopped).size).toBe(STEPS.length);
  const words = 'Dit is de laatste herinnering.';
  expect(LETTERS.nl.reminder({ ...FACTS, step: 'sms', last: false }).paragraphs).not.toContain(words);
  expect(LETTERS.nl.reminder({ ...FACTS, step: 'sms', last: true }).paragraphs).toContain(words);
});

describe('hostile text in a mail', () => {
  const { html, text } = layOut(
    {
      subject: HOSTILE,
      preheader: HOSTILE,
      paragraphs: [HOSTILE],
      rows: [[HOSTILE, HOSTILE]],
      button: { label: HOSTILE, url: 'https://instap.example/?a="><script>' },
      after: [HOSTILE],
    },
    { locale: 'nl', organisation: HOSTILE, helpContact: HOSTILE },
  );

  it('is text in the HTML, in every place', () => {
    expect(html).not.toContain('<script');
    expect(html.match(/&lt;script&gt;alert\(&quot;x&quot;\)/g)).toHaveLength(9);
    expect(html).not.toContain('?a="><');
  });

  it('is left as it is in the plain part', () => {
    expect(text).toContain(HOSTILE);
    expect(text).not.toContain('&lt;');
  });
});
