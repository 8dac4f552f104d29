/** The pages and mails as a participant knows them: what they say, and the names of what is entered where. */

export const OWN_PASSWORD = 'vier blauwe fietsen 88';

export type Fields = Record<string, string>;

/** What is entered on each page, and which button is pressed. */
export const fieldsOf = {
  terms: (): Fields => ({ accept: 'yes' }),
  newPassword: (own = OWN_PASSWORD): Fields => ({ newPassword: own, newPasswordAgain: own }),
  password: (currentPassword: string, own = OWN_PASSWORD): Fields => ({
    currentPassword,
    ...fieldsOf.newPassword(own),
  }),
  sms: (phone: string): Fields => ({ phone, action: 'send' }),
  smsCode: (code: string): Fields => ({ code, action: 'confirm' }),
  app: (token: string): Fields => ({ token, action: 'register' }),
  skip: (): Fields => ({ action: 'skip' }),
  resend: (): Fields => ({ action: 'resend' }),
  profile: (changed: Fields = {}): Fields => ({
    gender: 'female',
    initials: 'A.',
    firstName: 'Anna',
    lastName: 'Jansen',
    ...changed,
  }),
  help: (reason = 'no-app'): Fields => ({ reason }),
  notMe: (): Fields => ({ sure: 'yes' }),
  /** Of somebody who goes on elsewhere, or has lost the phone. */
  ownPassword: (password = OWN_PASSWORD): Fields => ({ password }),
  signIn: (email: string, password = OWN_PASSWORD): Fields => ({ email, password }),
  /** Of an app that is set up. */
  token: (token: string): Fields => ({ token }),
};

const decode = (html: string): string =>
  html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

/** What a page says, without its markup. */
export const visible = (html: string): string =>
  decode(html.replace(/<head>[\s\S]*?<\/head>/, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

/** The name of the notice (web/ui/notices.ts) that a page shows, if it is one. */
export const noticeIn = (html: string): string | undefined => /<h1 data-notice="(\w+)"/.exec(html)?.[1];

/** The key on the page of the app, without the gaps that make it readable. */
export const secretIn = (html: string): string | undefined =>
  /id="secret">([^<]+)</.exec(html)?.[1]?.replace(/\s/g, '');

const attribute = (tag: string, name: string): string =>
  decode(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

function hiddenIn(html: string): Fields {
  const inputs = (html.match(/<input\b[^>]*>/g) ?? []).filter((tag) => attribute(tag, 'type') === 'hidden');
  return Object.fromEntries(inputs.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]));
}

/**
 * The hidden fields of the form of this page with which `fields` go to `path`. Where the page has no form that goes
 * there, its form token, as if the form were in another tab.
 */
export function hiddenFields(html: string, path: string, fields: Fields): Fields {
  const named = Object.entries(fields).flatMap(([name, value]) => [
    `name="${name}"`,
    `name="${name}" value="${value}"`,
  ]);
  const matches = (form: string) => named.filter((one) => form.includes(one)).length;
  const [form] = (html.match(/<form\b[\s\S]*?<\/form>/g) ?? [])
    .filter((one) => attribute(one, 'action') === path.split('?')[0])
    .sort((one, other) => matches(other) - matches(one));
  if (form) return hiddenIn(form);
  const { formToken } = hiddenIn(html);
  return formToken ? { formToken } : {};
}

/** The path of a mail's link to `place`, if it has one. */
export const findLink = (text: string, place: 'i' | 'reset' = 'i'): string | undefined =>
  new RegExp(`https?://[^/\\s]+(/${place}/\\S+)`).exec(text)?.[1];

export const findTemporaryPassword = (text: string): string | undefined =>
  /(?:Tijdelijk wachtwoord|Temporary password): (\S+)/.exec(text)?.[1];

export function linkIn({ text }: { text: string }, place?: 'i' | 'reset'): string {
  const link = findLink(text, place);
  if (!link) throw new Error(`the mail has no such link: ${text}`);
  return link;
}

export function temporaryPasswordIn({ text }: { text: string }): string {
  const password = findTemporaryPassword(text);
  if (!password) throw new Error(`the mail has no temporary password: ${text}`);
  return password;
}
