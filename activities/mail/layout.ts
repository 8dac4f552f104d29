/** The frame of every mail: one subject, one purpose, at most one button, as text and as HTML. */
import { html, render } from '../../html.ts';

export type Locale = 'nl' | 'en';

export type Letter = {
  subject: string;
  /** Shown by mail programs behind the subject. */
  preheader: string;
  paragraphs: string[];
  button?: { label: string; url: string };
  /** Label and value, such as the user name. */
  rows?: [string, string][];
  after?: string[];
};

const FRAME_WORDS = {
  nl: {
    link: 'Werkt de knop niet? Open dan deze link:',
    help: (contact: string) => `Hulp nodig? ${contact}`,
    generated: 'Deze e-mail is automatisch gemaakt. Antwoorden worden niet gelezen.',
  },
  en: {
    link: 'Does the button not work? Open this link:',
    help: (contact: string) => `Need help? ${contact}`,
    generated: 'This e-mail was generated. Replies are not read.',
  },
};

/** Short enough for one line on a phone: a password to be typed must not break in the middle. */
const TYPED = /^\S{1,24}$/;

/** The two parts of a mail. Without images, and readable without its style. */
export function layOut(
  { preheader, paragraphs, button, rows = [], after = [] }: Letter,
  { locale, organisation, helpContact }: { locale: Locale; organisation: string; helpContact: string },
): { text: string; html: string } {
  const words = FRAME_WORDS[locale];
  const last = [...(helpContact ? [words.help(helpContact)] : []), words.generated];
  const text = [
    organisation,
    ...paragraphs,
    ...(rows.length ? [rows.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    ...(button ? [`${button.label}:\n${button.url}`] : []),
    ...after,
    ...last,
  ].join('\n\n');

  const paragraph = (words: string) => html`<p style="margin:0 0 16px">${words}</p>`;
  const page = html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${organisation}</title></head>
<body style="margin:0;padding:24px 16px;background:#f4f5f7;color:#1b2430;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="display:none;max-height:0;overflow:hidden">${preheader}</div>
<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#ffffff;border-radius:8px">
<p style="margin:0 0 24px;font-size:18px;font-weight:600">${organisation}</p>
${paragraphs.map(paragraph)}
${
  rows.length > 0 &&
  html`<div style="margin:0 0 24px">${rows.map(
    ([label, value]) =>
      html`<p style="margin:0 0 12px"><span style="color:#55606e">${label}</span><br><strong style="${TYPED.test(value) ? 'white-space:nowrap' : 'overflow-wrap:anywhere'}">${value}</strong></p>`,
  )}</div>`
}
${
  button &&
  html`<p style="margin:0 0 24px"><a href="${button.url}" style="display:inline-block;padding:12px 28px;background:#14532d;color:#ffffff;border-radius:6px;font-weight:600;text-decoration:none">${button.label}</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#55606e">${words.link}<br><a href="${button.url}" style="color:#14532d;overflow-wrap:anywhere">${button.url}</a></p>`
}
${after.map(paragraph)}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #d9dde3;font-size:14px;color:#55606e">${last.map((line, i) => [i > 0 && html`<br>`, line])}</p>
</div>
</body>
</html>`;
  return { text, html: render(page) };
}
