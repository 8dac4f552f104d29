/** The languages of pages, mails and SMS. */
export type Locale = 'nl' | 'en';
