/** Mails: text is escaped whoever wrote it, both parts say the same, and both languages have the same parts. */
import { describe, expect, it } from 'vitest';
import type { Locale } from '../../domain/locale.ts';
import { STEPS } from '../../domain/steps.ts';
import { SAMPLE_FRAME, sampleFacts, sampleMails } from '../../tools/screenshots/sampleMails.ts';
import { invitationMail } from './invitation.ts';
import { type MailContent, renderMail } from './layout.ts';
import { passwordResetMail } from './passwordReset.ts';
import { reminderMail } from './reminder.ts';

const LARGEST_BYTES = 30_000;
/** Phones cut off longer subjects before the important words. */
const LONGEST_SUBJECT = 80;
/** Longer ones are cut off everywhere. */
const LONGEST_PREHEADER = 90;
const LOCALES: Locale[] = ['nl', 'en'];
const FACTS = sampleFacts('nl');
const HOSTILE = `<script>alert("x")</script> & 'O’Neill' \u202e`;

const rendered = (content: MailContent, helpContact = '') =>
  renderMail(content, { ...SAMPLE_FRAME, helpContact });

/** Each mail in each language, named by both. */
const ALL = LOCALES.flatMap((locale) =>
  sampleMails(locale).map(({ name, content }) => {
    const mail = rendered(content, 'bel 14 020');
    return [`${name} in ${locale}`, { locale, content, ...mail }] as const;
  }),
);

const shape = (content: MailContent) => ({
  paragraphs: content.paragraphs.length,
  rows: content.rows?.length,
  button: Boolean(content.button),
  after: content.after?.length,
});

const addressesIn = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, url]) => url!);
const addressesOf = (text: string) => [...text.matchAll(/^https?:\/\/\S+$/gm)].map(([url]) => url);

it('has the same parts in both languages', () => {
  const [dutch, english] = LOCALES.map((locale) =>
    sampleMails(locale).map(({ name, content }) => [name, shape(content)]),
  );
  expect(dutch).toEqual(english);
});

describe.each(ALL)('%s', (_name, { locale, content, subject, text, html }) => {
  it('says everything in the text and in the HTML', () => {
    const said = [
      SAMPLE_FRAME.organisation,
      content.title,
      ...content.paragraphs,
      ...(content.rows ?? []).flat(),
      ...(content.button ? [content.button.label, content.button.url] : []),
      ...(content.after ?? []),
      'bel 14 020',
    ];
    for (const words of said) {
      expect(words.trim()).not.toBe('');
      expect(text).toContain(words);
      expect(html).toContain(words);
    }
  });

  it('has a subject and a preheader that are read whole, and say different things', () => {
    expect(subject.length).toBeLessThanOrEqual(LONGEST_SUBJECT);
    expect(content.preheader.length).toBeGreaterThan(10);
    expect(content.preheader.length).toBeLessThanOrEqual(LONGEST_PREHEADER);
    expect(subject).not.toContain(content.preheader);
  });

  it('has a subject that begins with the organisation, and neither shouts nor urges', () => {
    expect(subject).toMatch(/^Gemeente Voorbeeld: /);
    expect(subject).not.toMatch(/!|[A-Z]{3}/);
    expect(subject).not.toMatch(
      /\b(dringend|direct|nu|onmiddellijk|actie|verifieer|bevestig|klik|urgent|now|immediately|action|verify|confirm|click|suspended)\b/i,
    );
  });

  it('shows the preheader first, and only in the list of mails', () => {
    const body = html.slice(html.indexOf('<body'));
    const first = /<body[^>]*>\s*<div style="display:none[^"]*">([^<]*)<\/div>/.exec(body);
    expect(first?.[1]).toBe(content.preheader);
  });

  it('shows every link as text, on the host of the service', () => {
    const { host } = SAMPLE_FRAME.publicUrl;
    const addresses = [...new Set(addressesIn(html))];
    expect(addresses.map((address) => new URL(address).host)).toEqual(addresses.map(() => host));
    for (const address of addresses) expect(html).toContain(`>${address}</a>`);
    expect(addressesOf(text)).toEqual(addresses);
  });

  it('leads to at most one page beside the one that says how to know a genuine mail', () => {
    const page = { nl: 'https://instap.example/echt', en: 'https://instap.example/genuine' }[locale];
    const addresses = new Set(addressesIn(html));
    expect(addresses.delete(page)).toBe(true);
    expect([...addresses]).toEqual(content.button ? [content.button.url] : []);
  });

  it('has nothing from elsewhere and no pictures', () => {
    expect(html).not.toMatch(
      /<img|<link|<script|<iframe|<video|\bsrc=|background=|url\(|@import|@font-face/i,
    );
  });

  it('says its language, and works in the dark', () => {
    expect(html).toContain(`<html lang="${locale}">`);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
  });

  it('gives every colour for the light in the attributes, where no mail program drops it', () => {
    const coloured = html.match(/<[^>]* class="[^>]*>/g) ?? [];
    expect(coloured.length).toBeGreaterThan(5);
    expect(coloured.filter((tag) => !/ style="[^"]*#[0-9a-f]{6}/.test(tag))).toEqual([]);
  });

  it(`is smaller than ${LARGEST_BYTES} bytes`, () => {
    expect(Buffer.byteLength(html) + Buffer.byteLength(text)).toBeLessThan(LARGEST_BYTES);
  });

  it('is the same again when it is tried again', () => {
    expect(rendered(content, 'bel 14 020')).toEqual({ subject, text, html });
  });

  it('speaks of the link, because the text has no button', () => {
    expect(text).not.toMatch(/knop|button/);
  });

  it('says in its last line that it was generated and replies are not read', () => {
    const last = {
      nl: 'Deze e-mail is automatisch gemaakt. Antwoorden worden niet gelezen.',
      en: 'This is an automatic e-mail. Replies are not read.',
    }[locale];
    expect(text.split('\n').at(-1)).toBe(last);
    expect(
      html
        .replace(/<[^>]+>/g, '')
        .trimEnd()
        .endsWith(last),
    ).toBe(true);
  });
});

it('without a help desk the organisation is who to ask', () => {
  const { content } = sampleMails('nl')[0]!;
  expect(rendered(content).text).toContain('Hulp nodig? Vraag het aan Gemeente Voorbeeld.');
});

it('the mail for a new password says whom to ask for the temporary one, where it is needed', () => {
  const { locale, organisation } = FACTS;
  const facts = { locale, organisation, url: 'https://instap.example/reset/x' };
  const asked = passwordResetMail({ ...facts, passedOnBy: 'Provincie Voorbeeld' });
  expect(rendered(asked).text).toContain('Vraag Provincie Voorbeeld om een nieuw tijdelijk wachtwoord.');
  expect(rendered(passwordResetMail(facts)).text).not.toContain('tijdelijke wachtwoord');
});

describe('the invitation', () => {
  it('names the temporary password only when it goes by mail', () => {
    const given = (temporaryPassword: string | null | undefined) =>
      rendered(invitationMail({ ...FACTS, temporaryPassword })).text;
    expect(given('acdef-gh346-kmnp')).toContain('Tijdelijk wachtwoord: acdef-gh346-kmnp');
    expect(given(null)).toContain('Vraag het daar');
    for (const absent of [null, undefined]) expect(given(absent)).not.toContain('Tijdelijk wachtwoord:');
  });

  it('says what to do if it was not expected', () => {
    expect(rendered(invitationMail(FACTS)).text).toContain('Had u dit bericht niet verwacht?');
    expect(rendered(invitationMail(sampleFacts('en'))).text).toContain(
      'If you were not expecting this message',
    );
  });
});

it('each reminder names another step, and only the last says that it is the last', () => {
  const stopped = STEPS.map((step) => reminderMail({ ...FACTS, step, isLast: false }).preheader);
  expect(new Set(stopped).size).toBe(STEPS.length);
  const says = (isLast: boolean) => rendered(reminderMail({ ...FACTS, step: 'sms', isLast })).text;
  expect(says(false)).not.toContain('laatste herinnering');
  expect(says(true)).toContain('Dit is de laatste herinnering.');
});

describe('hostile text in a mail', () => {
  const { html, text } = renderMail(
    {
      locale: 'nl',
      subject: HOSTILE,
      preheader: HOSTILE,
      title: HOSTILE,
      paragraphs: [HOSTILE],
      rows: [[HOSTILE, HOSTILE]],
      button: { label: HOSTILE, url: 'https://instap.example/?a="><script>' },
      after: [HOSTILE],
    },
    { ...SAMPLE_FRAME, organisation: HOSTILE, helpContact: HOSTILE },
  );

  it('is text in the HTML, in every place', () => {
    expect(html).not.toContain('<script');
    // Subject with the organisation before it, preheader, title, paragraph, label, value, button, after, organisation, help.
    expect(html.match(/&lt;script&gt;alert\(&quot;x&quot;\)/g)).toHaveLength(11);
    expect(html).not.toContain('?a="><');
  });

  it('is left as it is in the plain part', () => {
    expect(text).toContain(HOSTILE);
    expect(text).not.toContain('&lt;');
  });
});
