/** What is wrong with a field, in words of ours for everything that the schemas themselves say nothing about. */
import type { z } from 'zod';

const WANTED: Record<string, string> = {
  string: 'give text',
  object: 'give an object',
  array: 'give a list',
  boolean: 'give true or false',
  number: 'give a number',
  int: 'give a whole number',
};

/** A name of a field is given back as it was sent, but no endless one. */
const LONGEST_NAME = 60;
/** Of names that no call has. */
const MOST_NAMES = 10;

const named = (keys: string[]): string =>
  keys
    .slice(0, MOST_NAMES)
    .map((key) => JSON.stringify(key.slice(0, LONGEST_NAME)))
    .join(', ');

type Issue = Parameters<z.core.$ZodErrorMap>[0];

export function inOurWords(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `remove unknown fields: ${named(issue.keys)}`;
  if (issue.code === 'invalid_value') return `give one of: ${issue.values.join(', ')}`;
  if (issue.code !== 'invalid_type') return 'give what the API description says (/api/v1/openapi.json)';
  const wanted = WANTED[issue.expected] ?? 'give a value of a different type';
  return issue.input === undefined ? `missing: ${wanted}` : wanted;
}
