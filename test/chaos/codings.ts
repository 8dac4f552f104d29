/** The ways a value can be encoded: plain, as hex, base64 or in a URL, alone or inside something longer. */

const urlAlphabet = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');

/** The encodings of a value inside longer text. Base64 has three, because the value can start anywhere in a group. */
export function looksOf(value: string): string[] {
  const base64 = [0, 1, 2].map((shift) => base64From(value, shift));
  return [
    encodeURIComponent(value),
    Buffer.from(value).toString('hex'),
    ...base64,
    ...base64.map(urlAlphabet),
  ];
}

/** Without the first and last characters, which depend on the neighbours. */
function base64From(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
  return bytes.toString('base64').slice(shift ? 4 : 0, Math.floor(bytes.length / 3) * 4);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

/** For testing the search. */
export const CODINGS = {
  clear: (value) => value,
  'a longer text': (value) => `to ${value}, again`,
  'a URL': (value) => `https://instap.example/?to=${encodeURIComponent(value)}&x=1`,
  hex,
  'hex capitals': (value) => hex(value).toUpperCase(),
  'hex of a longer text': (value) => hex(`to=${value}&again`),
  base64,
  'base64 of a longer text': (value) => base64(`to ${value}, again`),
  'base64 of a longer text, one on': (value) => base64(`to: ${value}, again`),
  'base64 of a longer text, two on': (value) => base64(`to : ${value}, again`),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'base64 of JSON': (value) => base64(JSON.stringify({ to: value, again: true })),
} satisfies Record<string, (value: string) => string>;

export type Coding = keyof typeof CODINGS;
