/** Finds any of a hundred thousand short texts in hundreds of megabytes, in one pass over each text. Ignores case. */

/** The number of leading characters that are hashed; patterns may not be shorter. */
const HEAD = 6;
const BASE = 16_777_619;
const MARKS = 2 ** 22;

/** The weight of the character that leaves the window. */
const LEAVING = Array.from({ length: HEAD - 1 }).reduce<number>((product) => Math.imul(product, BASE), 1);

const place = (hash: number) => (hash ^ (hash >>> 15)) & (MARKS - 1);

/** `patterns`: each with a description. Returns a function that lists what a text contains (Rabin–Karp). */
export function multiPatternSearch(patterns: Map<string, string>): (text: string) => Set<string> {
  const byHead = new Map<string, [pattern: string, what: string][]>();
  const marks = new Uint8Array(MARKS);
  for (const [written, what] of patterns) {
    const pattern = written.toLowerCase();
    if (pattern.length < HEAD) throw new Error(`${what} is too short to be looked for`);
    const head = pattern.slice(0, HEAD);
    byHead.set(head, [...(byHead.get(head) ?? []), [pattern, what]]);
    let hash = 0;
    for (let i = 0; i < HEAD; i++) hash = (Math.imul(hash, BASE) + head.charCodeAt(i)) | 0;
    marks[place(hash)] = 1;
  }
  return (written) => {
    const text = written.toLowerCase();
    const found = new Set<string>();
    let hash = 0;
    for (let end = 0; end < text.length; end++) {
      if (end >= HEAD) hash = (hash - Math.imul(text.charCodeAt(end - HEAD), LEAVING)) | 0;
      hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
      if (end < HEAD - 1 || marks[place(hash)] === 0) continue;
      const start = end - HEAD + 1;
      for (const [pattern, what] of byHead.get(text.slice(start, start + HEAD)) ?? [])
        if (text.startsWith(pattern, start)) found.add(what);
    }
    return found;
  };
}
