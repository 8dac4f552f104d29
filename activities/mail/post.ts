/** Lays out a letter in the person's language and hands it over, telling the engine that it is under way. */
import type { Db } from '../../db/connect.ts';
import { person } from '../../db/people.ts';
import { heartbeating } from '../heartbeat.ts';
import { type Letter, layOut } from './layout.ts';
import { LETTERS, type Letters } from './letters.ts';
import type { Mailer } from './mailer.ts';

export type Post = ReturnType<typeof createPost>;

/** `mailId` names the logical mail: each try of it has the same Message-ID. */
export function createPost(given: { db: Db; mailer: Mailer; publicUrl: URL; helpContact: string }) {
  const { db, mailer, publicUrl, helpContact } = given;
  return async (
    to: { personId: string; organisation: string; mailId: string },
    write: (letters: Letters) => Letter,
  ): Promise<'sent' | 'undeliverable'> => {
    const { email, locale } = await person(db, to.personId);
    const letter = write(LETTERS[locale]);
    const parts = layOut(letter, { locale, organisation: to.organisation, helpContact });
    const messageId = `<${to.mailId}@${publicUrl.hostname}>`;
    const mail = { ...parts, to: email, fromName: to.organisation, subject: letter.subject, messageId };
    return heartbeating(() => mailer.send(mail));
  };
}
