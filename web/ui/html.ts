/**
 * Markup as typed tagged templates: every value is escaped, except `Html` made by `html` itself and arrays of it.
 * Attributes must be quoted in the template. `false`, `null` and `undefined` print nothing.
 */
const made = Symbol('html');

/** Markup that is safe to send unchanged. */
export type Html = { readonly [made]: string };

export type Value = Html | string | number | false | null | undefined | readonly Value[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes the five characters that have a meaning in HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function print(value: Value): string {
  if (value === false || value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return isList(value) ? value.map(print).join('') : value[made];
}

export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return { [made]: strings.reduce((text, string, i) => text + print(values[i - 1]) + string) };
}

/** Markup from a trusted source, such as the QR library or the terms folder. Never from input. */
export const trusted = (markup: string): Html => ({ [made]: markup });

export const render = (markup: Html): string => markup[made];
