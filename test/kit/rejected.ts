/** What every rejected form must have, whatever was wrong. */
import { expect } from 'vitest';
import { visible } from './pages.ts';
import type { Participant } from './participant.ts';

/** The page at hand is the same form again, and says `words` on top, with a link to the field, and at the field. */
export function expectRejected({ page }: Participant, field: string, words: string): void {
  expect(page.status).toBe(422);
  expect(page.text).toMatch(/<title>Fout: /);
  const [summary] = /<div class="error-summary"[\s\S]*?<\/div>/.exec(page.text) ?? [''];
  expect(summary).toContain('tabindex="-1"');
  expect(summary).toContain(`href="#${field}"`);
  expect(visible(summary)).toContain(words);
  expect(page.text).toContain(`id="${field}"`);
  expect(visible(page.text.replace(summary, ''))).toContain(words);
}
