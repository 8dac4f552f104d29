/**
 * The alert rules and the dashboard in docs/monitoring/. workflows/metrics.test.ts shows that web and worker serve
 * what they read.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AGES } from '../db/measures.ts';
import type { SendTryRow } from '../db/tables.ts';
import { STEPS } from '../domain/steps.ts';
import { LIMITS } from '../web/metrics.ts';
import { CALLS, PAGES, WATCHING } from '../web/routes.ts';
import { expressions, groupedBy, panels, readBy, rules } from './kit/monitoring.ts';

const page = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

/** The label values used by name. `status` is matched by a pattern of digits. */
const VALUES: Record<string, readonly string[]> = {
  step: [...STEPS, 'activate'],
  age: AGES,
  limit: LIMITS,
  route: [...WATCHING, ...CALLS, ...PAGES].map(({ path }) => path),
  outcome: ['accepted', 'refused', 'failed'] satisfies SendTryRow['outcome'][],
  channel: ['mail', 'sms'] satisfies SendTryRow['channel'][],
  kind: ['code'] satisfies SendTryRow['kind'][],
  factor: ['sms', 'app'],
  verdict: ['right'],
};

describe.each(expressions)('%s', (expr) => {
  it('reads at least one metric, and every bracket closes', () => {
    expect(readBy(expr).length).toBeGreaterThan(0);
    for (const [open, close] of ['()', '[]', '{}'].map((pair) => pair.split('')))
      expect(expr.split(open!).length).toBe(expr.split(close!).length);
  });

  it('asks for values that there are', () => {
    for (const { label, isPattern, value } of readBy(expr).flatMap(({ matchers }) => matchers)) {
      if (label === 'status') expect(value).toMatch(/^[1-5][\d.]{2}$/);
      else expect(VALUES[label]).toEqual(expect.arrayContaining(isPattern ? value.split('|') : [value]));
    }
  });

  // A sum over workers would count everything once per worker.
  it('takes what every worker measures in the same tables once', () => {
    const measured = expr.match(/\binstap_(people|outbox)\w*/g) ?? [];
    const once = expr.match(/\b(max|absent)( by \([^)]*\))? ?\(instap_(people|outbox)/g) ?? [];
    expect(once).toHaveLength(measured.length);
  });
});

describe.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s', (name, rule) => {
  it('says how urgent it is, and what it is', () => {
    expect(name).toMatch(/^Instap[A-Z]/);
    expect(['page', 'ticket']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/\S/);
    expect(rule.for ?? '0m').toMatch(/^\d+[mh]$/);
  });

  it('names labels in its words that its expression leaves', () => {
    const named = [...rule.annotations.summary!.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(groupedBy(rule.expr)).toEqual(expect.arrayContaining(named));
  });

  it('leads to what to do about it', () => {
    const [file = '', section] = rule.annotations.runbook!.split('#');
    const headings = [...page(file).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(anchors).toContain(section);
  });

  it('has its row in docs/deploying.md', () => {
    expect(page('docs/deploying.md')).toMatch(new RegExp(`^\\| \`${name}\` \\| \\S.* \\| \\S.* \\|$`, 'm'));
  });
});

it('docs/deploying.md describes no alert that there is not', () => {
  const described = [...page('docs/deploying.md').matchAll(/^\| `(Instap\w+)` \|/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual(rules.map(({ alert }) => alert).sort());
});

describe('the dashboard', () => {
  const graphs = panels.filter(({ type }) => type !== 'row');

  it.each(graphs.map((panel) => [panel.title, panel] as const))('%s: says what it shows', (_, panel) => {
    expect(panel.description).toMatch(/\S/);
    // Whichever Prometheus is chosen above.
    expect(panel.datasource?.uid).toMatch(/^\$\{datasource\}$/);
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const { expr, legendFormat } of panel.targets!) {
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      const left = [...groupedBy(expr), 'instance'];
      expect(left).toEqual(expect.arrayContaining(named));
    }
  });

  it('has every panel once, in a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});
