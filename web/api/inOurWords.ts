/** Our own error messages for fields whose schema does not define one. */
import type { z } from 'zod';

const WANTED: Record<string, string> = {
  string: 'give text',
  object: 'give an object',
  array: 'give a list',
  boolean: 'give true or false',
  number: 'give a number',
  int: 'give a whole number',
};

/** How much of a field's name is repeated. */
const LONGEST_NAME = 60;
/** How many unknown fields are named. */
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
