/** The frame of every mail: one subject, one purpose, at most one button, as text and as HTML. */
import type { Locale } from '../../domain/locale.ts';
import { type Html, html, render } from '../../web/ui/html.ts';

/**
 * The content of one mail; Dutch at level B1. Never the sender's message or its subject. It says "link", not "button",
 * because the text part has no button.
 */
export type MailContent = {
  locale: Locale;
  /** Without the organisation's name, which is put before it. */
  subject: string;
  /** Mail programs show this after the subject. */
  preheader: string;
  title: string;
  paragraphs: string[];
  button?: { label: string; url: string };
  /** Label and value, such as the user name. */
  rows?: [string, string][];
  after?: string[];
};

/** `helpContact`: empty when there is no help desk; then the mail refers to the organisation. */
export type Frame = { organisation: string; helpContact: string; publicUrl: URL };

const nl = {
  link: 'Werkt de knop niet? Open dan deze link:',
  authenticity: 'Is deze e-mail echt? Zo controleert u dat:',
  authenticityPath: '/echt',
  help: (contact: string) => `Hulp nodig? ${contact}`,
  ask: (organisation: string) => `Hulp nodig? Vraag het aan ${organisation}.`,
  generated: 'Deze e-mail is automatisch gemaakt. Antwoorden worden niet gelezen.',
};
const en: typeof nl = {
  link: 'If the button does not work, open this link:',
  authenticity: 'Is this e-mail genuine? Check it here:',
  authenticityPath: '/genuine',
  help: (contact) => `Need help? ${contact}`,
  ask: (organisation) => `Need help? Ask ${organisation}.`,
  generated: 'This is an automatic e-mail. Replies are not read.',
};
const WORDS = { nl, en };

/** The end of every mail. */
type Footer = { authenticity: string; authenticityUrl: string; help: string; generated: string };

function footerOf(locale: Locale, { organisation, helpContact, publicUrl }: Frame): Footer {
  const words = WORDS[locale];
  return {
    authenticity: words.authenticity,
    authenticityUrl: new URL(words.authenticityPath, publicUrl).href,
    help: helpContact ? words.help(helpContact) : words.ask(organisation),
    generated: words.generated,
  };
}

/** The subject and the two parts of a mail, which say the same. */
export function renderMail(
  content: MailContent,
  frame: Frame,
): { subject: string; text: string; html: string } {
  const footer = footerOf(content.locale, frame);
  const { organisation } = frame;
  const subject = `${organisation}: ${content.subject}`;
  const given = { content, subject, organisation, footer };
  return { subject, text: asText(given), html: render(asHtml(given)) };
}

type Given = { content: MailContent; subject: string; organisation: string; footer: Footer };

function asText({ content, organisation, footer }: Given): string {
  const { title, paragraphs, button, rows = [], after = [] } = content;
  return [
    organisation,
    title,
    ...paragraphs,
    ...(rows.length ? [rows.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    ...(button ? [`${button.label}:\n${button.url}`] : []),
    ...after,
    `${footer.authenticity}\n${footer.authenticityUrl}`,
    footer.help,
    footer.generated,
  ].join('\n\n');
}

const paragraph = (words: string) => html`<p style="margin:0 0 16px">${words}</p>`;
const address = (url: string) =>
  html`<a class="link" href="${url}" style="color:#14532d;overflow-wrap:anywhere;word-break:break-word">${url}</a>`;

/**
 * Without images, and readable without its style sheet: the look is in attributes, because some mail programs drop the
 * style sheet, which only adds the dark colours. The button is a table, because Outlook ignores padding on links.
 */
function asHtml({ content, subject, organisation, footer }: Given): Html {
  const { locale, preheader, title, paragraphs, button, rows = [], after = [] } = content;
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
.ground { background: #0f151c !important; }
.paper { background: #18212b !important; border-color: #34414e !important; color: #eef2f6 !important; }
.facts { background: #222d39 !important; }
.soft { color: #b4bfcb !important; }
.line { border-color: #34414e !important; }
.link { color: #7fd3a0 !important; }
.button { background: #7fd3a0 !important; }
.button a { color: #0b1f13 !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f2f5f4">
<div style="display:none;max-height:0;overflow:hidden">${preheader}</div>
<div class="ground" style="padding:24px 12px;background:#f2f5f4">
<div class="paper" style="max-width:560px;margin:0 auto;padding:28px 20px;border:1px solid #d3dad8;border-radius:8px;background:#ffffff;color:#17202b;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:break-word">
<p style="margin:0 0 20px;font-weight:600">${organisation}</p>
<h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">${title}</h1>
${paragraphs.map(paragraph)}
${
  rows.length > 0 &&
  html`<div class="facts" style="margin:0 0 24px;padding:16px 16px 4px;border-radius:6px;background:#f2f5f4">${rows.map(
    ([label, value]) =>
      html`<p style="margin:0 0 12px"><span class="soft" style="color:#52606f">${label}</span><br><strong style="overflow-wrap:anywhere;word-break:break-word">${value}</strong></p>`,
  )}</div>`
}
${
  button &&
  html`<table role="presentation" cellspacing="0" cellpadding="0" border="0" style="margin:0 0 24px"><tr><td class="button" style="border-radius:6px;background:#14532d"><a href="${button.url}" style="display:inline-block;padding:12px 28px;color:#ffffff;font-weight:600;text-decoration:none">${button.label}</a></td></tr></table>
<p class="soft" style="margin:0 0 16px;font-size:15px;color:#52606f">${WORDS[locale].link}<br>${address(button.url)}</p>`
}
${after.map(paragraph)}
<div class="soft line" style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid #d3dad8;font-size:15px;color:#52606f">
<p style="margin:0 0 8px">${footer.authenticity}<br>${address(footer.authenticityUrl)}</p>
<p style="margin:0 0 8px">${footer.help}</p>
<p style="margin:0">${footer.generated}</p>
</div>
</div>
</div>
</body>
</html>`;
}
