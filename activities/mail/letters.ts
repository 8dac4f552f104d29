/** Every letter in every language. */

import type { Locale } from '../../domain/locale.ts';
import { dutch } from './dutch.ts';
import { english } from './english.ts';

export type { InvitationFacts } from './letterFacts.ts';

export type Letters = typeof dutch;

export const LETTERS: Record<Locale, Letters> = { nl: dutch, en: english };
