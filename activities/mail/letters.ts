/** Every letter in every language. */
import { dutch } from './dutch.ts';
import { english } from './english.ts';
import type { Locale } from './layout.ts';

export type { InvitationFacts } from './letterFacts.ts';

export type Letters = typeof dutch;

export const LETTERS: Record<Locale, Letters> = { nl: dutch, en: english };
