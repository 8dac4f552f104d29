/** What docs/monitoring/ asks of Prometheus, and what web and worker serve. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const textOf = (file: string) =>
  readFileSync(new URL(`../../docs/monitoring/${file}`, import.meta.url), 'utf8');

export type Rule = {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};

export type Panel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string; legendFormat: string }[];
};

export const rules: Rule[] = parse(textOf('alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);

export const panels: Panel[] = JSON.parse(textOf('dashboard.json')).panels;

const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Every expression of the rules and of the dashboard. */
export const expressions: string[] = [...rules.map(({ expr }) => expr), ...shown];

type Matcher = { label: string; isPattern: boolean; value: string };

/** A metric that an expression reads, with all labels that it is chosen or grouped by. */
export type Read = { metric: string; labels: string[]; matchers: Matcher[] };

/** Lists of labels: `by (le)`. */
const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
const RANGE = /\[[^\]]*\]/g;
/** A name that no bracket follows is no function. */
const SELECTOR = /\b([a-z_]\w*)\b(?!\s*\()(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const OPERATORS = ['and', 'or', 'unless'];
/** Prometheus adds them to all that it reads. */
const OF_PROMETHEUS = ['instance', 'job'];

function matchersIn(text: string): Matcher[] {
  if (/[^\s,]/.test(text.replaceAll(MATCHER, ''))) throw new Error(`not understood: {${text}}`);
  return [...text.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
    label,
    isPattern: operator.endsWith('~'),
    value,
  }));
}

/** The labels by which an expression groups. */
export const groupedBy = (expr: string): string[] =>
  [...expr.matchAll(GROUPING)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));

/** The part of PromQL that is used here: no subqueries, and no text in quotes outside of `{…}`. */
export function readBy(expr: string): Read[] {
  const grouped = groupedBy(expr).filter((label) => !OF_PROMETHEUS.includes(label));
  return [...expr.replaceAll(GROUPING, '').replaceAll(RANGE, '').matchAll(SELECTOR)]
    .filter(([, metric = '']) => !OPERATORS.includes(metric))
    .map(([, metric = '', text = '']) => {
      const matchers = matchersIn(text);
      return { metric, matchers, labels: [...new Set([...grouped, ...matchers.map(({ label }) => label)])] };
    });
}

/** The labels of each metric in the answer of /metrics. */
function servedLabels(answer: string): Map<string, Set<string>> {
  const served = new Map<string, Set<string>>();
  for (const [, metric = '', labels = ''] of answer.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = served.get(metric) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    served.set(metric, known);
  }
  return served;
}

/** What rules and dashboard read of these metrics, and /metrics does not serve. */
export function notServed(answer: string, isOfProcess: (metric: string) => boolean): Read[] {
  const served = servedLabels(answer);
  const isServed = ({ metric, labels }: Read) => {
    const known = served.get(metric);
    return known !== undefined && labels.every((label) => known.has(label));
  };
  return expressions.flatMap(readBy).filter((read) => isOfProcess(read.metric) && !isServed(read));
}

/** Our own metrics in the answer of /metrics, with their types. */
export const ownMetrics = (answer: string): { name: string; type: string }[] =>
  [...answer.matchAll(/^# TYPE (instap_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));

/** Whether the dashboard shows it, or a series of it when it is a histogram. */
export const isShown = (name: string): boolean =>
  shown.flatMap(readBy).some(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '') === name);
