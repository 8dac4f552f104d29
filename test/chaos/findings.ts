/** What the assertions found. Each kind must be empty. */

export const FINDINGS = ['lost', 'half_done', 'stuck', 'disagree', 'repeats_other', 'leaked'] as const;

export type Finding = (typeof FINDINGS)[number];

export type Findings = {
  add(kind: Finding, who: string, what: string): void;
  count(kind: Finding): number;
  /** Readable lines. */
  lines(): string[];
};

export function createFindings(): Findings {
  const found: { kind: Finding; line: string }[] = [];
  return {
    add: (kind, who, what) => void found.push({ kind, line: `${kind}: ${who}: ${what}` }),
    count: (kind) => found.filter((one) => one.kind === kind).length,
    lines: () => found.map(({ line }) => line),
  };
}
