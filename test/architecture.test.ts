/** Rules of the code base that a compiler does not know: who may import whom, and what may only be in one file. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SIGNALS } from '../domain/signals.ts';
import { shownPictures } from '../tools/screenshots/shown.ts';

const ROOT = path.join(import.meta.dirname, '..');
const NOT_OURS = ['node_modules', '.git', '.instap'];

type Import = { what: string; to: string; typesOnly: boolean };
type Source = { file: string; text: string; imports: Import[] };

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (NOT_OURS.includes(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

/** Our own modules by path from the root, packages by name. */
const target = (file: string, from: string) =>
  from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from;

function importsOf(file: string, text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s(?:([^;'"]*?)\sfrom\s)?'([^']+)'/gm);
  const asked = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [
    ...[...statements].map(([, what = '', from = '']) => {
      const names = /\{([^}]*)\}/.exec(what)?.[1]?.split(',') ?? [what];
      const typesOnly =
        what.startsWith('type ') ||
        names.filter((name) => name.trim()).every((name) => name.trim().startsWith('type '));
      return { what, to: target(file, from), typesOnly };
    }),
    ...[...asked].map(([what, from = '']) => ({ what, to: target(file, from), typesOnly: false })),
  ];
}

const FILES = filesBelow('.');
const SOURCES: Source[] = FILES.filter((file) => /\.(ts|mjs)$/.test(file)).map((file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return { file, text, imports: importsOf(file, text) };
});
/** Sources in these folders, without tests, which may use whatever they need. */
const within = (...places: string[]) =>
  SOURCES.filter(({ file }) => places.some((place) => file === place || file.startsWith(`${place}/`))).filter(
    ({ file }) => !file.endsWith('.test.ts'),
  );
/** What runs in production. */
const PRODUCT = within(...['domain', 'workflows', 'activities', 'outbox', 'db', 'web', 'processes', 'cli']);

/** Imports of our own modules (except domain/) from `place` that `allowed` does not permit, as readable lines. */
function against(
  place: string,
  allowed: (to: string, typesOnly: boolean, file: string) => boolean,
): string[] {
  return within(place).flatMap(({ file, imports }) =>
    imports
      .filter(({ to }) => /\.(ts|mjs)$/.test(to) && !to.startsWith('domain/'))
      .filter(({ to, typesOnly }) => !to.startsWith(`${place}/`) && !allowed(to, typesOnly, file))
      .map(({ to }) => `${file} imports ${to}`),
  );
}

/** Lines of `sources` that match. */
const lines = (sources: Source[], pattern: RegExp) =>
  sources.flatMap(({ file, text }) =>
    text
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

/** How a process starts: reads the environment, or exits with a message that says what to do. */
const START = ['starting', 'checkKeys', 'waitForEngine'].map((name) => `processes/${name}.ts`);
const isConfigType = (to: string, typesOnly: boolean) => to === 'processes/config.ts' && typesOnly;

describe('imports go one way', () => {
  it('the rules see the imports at all', () => {
    expect(within('web').flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
    const importsIn = (name: string) => SOURCES.find(({ file }) => file === name)!.imports;
    expect(importsIn('workflows/run.ts')).toContainEqual(
      expect.objectContaining({ to: 'activities/activities.ts', typesOnly: true }),
    );
    expect(importsIn('workflows/onboarding.ts')).toContainEqual(
      expect.objectContaining({ to: 'workflows/run.ts', typesOnly: false }),
    );
  });

  it('domain/ uses nothing at all, so everybody may use it', () => {
    expect(within('domain').length).toBeGreaterThan(0);
    expect(
      within('domain')
        .flatMap(({ imports }) => imports.map(({ to }) => to))
        .filter((to) => !to.startsWith('domain/')),
    ).toEqual([]);
  });

  it('workflows/ uses nothing of ours but types of activities', () => {
    expect(against('workflows', (to, typesOnly) => to.startsWith('activities/') && typesOnly)).toEqual([]);
  });

  it('workflows/ uses no package but the engine’s, so the bundle stays small and deterministic', () => {
    const packages = within('workflows').flatMap(({ imports }) =>
      imports.filter(({ to }) => !to.endsWith('.ts')).map(({ to }) => to),
    );
    expect([...new Set(packages)].sort()).toEqual(['@temporalio/common', '@temporalio/workflow']);
  });

  it('db/ uses nothing of ours', () => {
    expect(against('db', () => false)).toEqual([]);
  });

  it('outbox/ uses db/, what the workflows say, and the settings’ types', () => {
    const workflow = ['signals', 'searchAttributes'].map((name) => `workflows/${name}.ts`);
    expect(
      against(
        'outbox',
        (to, typesOnly) => to.startsWith('db/') || workflow.includes(to) || isConfigType(to, typesOnly),
      ),
    ).toEqual([]);
  });

  it('activities/ uses db/ and what the workflow says, markup in the layout of mails, and the settings’ types', () => {
    expect(
      against(
        'activities',
        (to, typesOnly, file) =>
          to.startsWith('db/') ||
          to === 'workflows/signals.ts' ||
          (to === 'web/ui/html.ts' && file === 'activities/mail/layout.ts') ||
          isConfigType(to, typesOnly),
      ),
    ).toEqual([]);
  });

  it('web/ uses db/ and the settings’ types', () => {
    expect(against('web', (to, typesOnly) => to.startsWith('db/') || isConfigType(to, typesOnly))).toEqual(
      [],
    );
  });

  it('cli/ uses db/, what the workflow says to operators and hears from them, reconciliation, and the settings', () => {
    expect(
      against(
        'cli',
        (to, typesOnly) =>
          to.startsWith('db/') ||
          ['signals', 'filters', 'operatorView', 'searchAttributes'].some(
            (name) => to === `workflows/${name}.ts`,
          ) ||
          ['outbox/reconcile.ts', ...START].includes(to) ||
          isConfigType(to, typesOnly),
      ),
    ).toEqual([]);
  });

  it('the ready filters are for operators: only the command line and npm start know them', () => {
    const users = SOURCES.filter(({ imports }) => imports.some(({ to }) => to === 'workflows/filters.ts'));
    const places = users
      .filter(({ file }) => !file.endsWith('.test.ts'))
      .map(({ file }) => file.split('/')[0]);
    expect([...new Set(places)].sort()).toEqual(['cli', 'tools']);
  });

  it('processes/ puts the product together: nothing else uses it, and the settings use nothing', () => {
    const users = PRODUCT.filter(({ file }) => !/^(processes|cli)\//.test(file)).flatMap(
      ({ file, imports }) =>
        imports
          .filter(({ to, typesOnly }) => to.startsWith('processes/') && !isConfigType(to, typesOnly))
          .map(({ to }) => `${file} imports ${to}`),
    );
    expect(users).toEqual([]);
    const imported = (name: string) => SOURCES.find(({ file }) => file === name)!.imports.map(({ to }) => to);
    const ours = imported('processes/config.ts').filter((to) => /\.(ts|mjs)$/.test(to));
    expect(ours.filter((to) => !to.startsWith('domain/'))).toEqual([]);
  });

  it('the product uses nothing of development or of the tests', () => {
    const wrong = PRODUCT.filter(({ imports }) => imports.some(({ to }) => /^(tools|test|bench)\//.test(to)));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('only the processes’ entries read the environment', () => {
    const others = PRODUCT.filter(({ file }) => file !== 'processes/starting.ts');
    expect(lines(others, /process\.env/)).toEqual([]);
  });
});

describe('one file does it', () => {
  it('only db/endings.ts writes a person’s status', () => {
    const writes = within('db', 'web', 'activities', 'cli', 'outbox')
      .filter(({ file }) => file !== 'db/endings.ts' && !file.startsWith('db/migrations/'))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/(\.(update|insert|merge)|\bwriteOnboarding)\(/g)]
          .map(({ index }) => argumentsAt(text, index))
          .filter((written) => /\bstatus\b\s*[:,}]/.test(written))
          .map((written) => `${file}: ${written}`),
      );
    expect(writes).toEqual([]);
    expect(lines(PRODUCT, /\bset\s+status\b/i)).toEqual([]);
    const others = PRODUCT.filter(({ file }) => !['db/endings.ts', 'db/onboardings.ts'].includes(file));
    expect(lines(others, /\bwriteStatus\b/)).toEqual([]);
    expect(lines(within('db/endings.ts'), /\bwriteStatus\(/).length).toBeGreaterThan(0);
  });

  it('only db/ speaks SQL, names tables and begins transactions', () => {
    const others = PRODUCT.filter(({ file }) => !file.startsWith('db/'));
    expect(lines(others, /\.sql\b|\bsql\(|\{[^}]*\bsql\b[^}]*\}|\btransaction\(/)).toEqual([]);
    const users = others.filter(({ imports }) => imports.some(({ what }) => /\btransaction\b/.test(what)));
    expect(users.map(({ file }) => file)).toEqual([]);
  });

  it('only route.ts and app.ts make routes: the others export handlers, for the table to name', () => {
    const users = within('web').filter(({ imports }) => imports.some(({ to }) => to === '@koa/router'));
    expect(users.map(({ file }) => file).sort()).toEqual(['web/app.ts', 'web/route.ts']);
  });

  it('only web/middleware/limits.ts counts tries, and writes it to the audit when a limit is reached', () => {
    const counting = lines(within('web'), /\battempts\.count\(/);
    expect(counting.map((line) => line.split(':')[0])).toEqual(['web/middleware/limits.ts']);
  });

  it('only db/audit.ts writes the audit', () => {
    const writers = PRODUCT.filter(({ text }) => /sql\('audit'\)[^;]*\.insert\(/.test(text));
    expect(writers.map(({ file }) => file)).toEqual(['db/audit.ts']);
  });

  it('only db/onboardings.ts updates the row that the workflow knows', () => {
    const updates = /sql\('onboarding'\)[^;]*\.(update|increment|decrement|merge)\(/;
    const others = within('db', 'web', 'activities', 'cli', 'outbox').filter(
      ({ file }) => file !== 'db/onboardings.ts' && !file.startsWith('db/migrations/'),
    );
    expect(others.filter(({ text }) => updates.test(text)).map(({ file }) => file)).toEqual([]);
    expect(updates.test(within('db/onboardings.ts')[0]!.text)).toBe(true);
  });

  it('only activities end an onboarding or release a message', () => {
    const users = SOURCES.filter(({ file }) => !/^(activities|db|test)\/|\.test\.ts$/.test(file));
    expect(users.filter(({ imports }) => imports.some(({ to }) => to === 'db/endings.ts'))).toEqual([]);
    expect(lines(users, /\b(releaseMessage|markNotified|markInvitationSent)\b/)).toEqual([]);
    const inDb = within('db').filter(({ imports }) => imports.some(({ to }) => to === 'db/endings.ts'));
    expect(inDb.map(({ file }) => file)).toEqual(['db/operatorOrders.ts']);
    const orderers = users.filter(({ imports }) => imports.some(({ to }) => to === 'db/operatorOrders.ts'));
    expect(orderers).toEqual([]);
  });

  it('only db/secrets.ts seals, opens, derives or hashes', () => {
    /** Hashing a file of ours: for a name that changes with the content, or for proof of the text agreed to. */
    const hashesContent = ['web/ui/assets.ts', 'web/onboarding/termsText.ts'];
    const wrong = PRODUCT.filter(({ file }) => file !== 'db/secrets.ts').flatMap(({ file, imports }) =>
      imports
        .filter(({ to }) => /^(node:)?crypto$|argon2|bcrypt|scrypt/.test(to))
        .filter(({ what }) => what !== '{ randomUUID }')
        .filter(({ what }) => !(hashesContent.includes(file) && what === '{ createHash }'))
        .map(({ what, to }) => `${file} imports ${what} from ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('only outbox/dispatch.ts speaks to running workflows', () => {
    const others = PRODUCT.filter(({ file }) => file !== 'outbox/dispatch.ts' && !file.startsWith('cli/'));
    expect(
      lines(others, /\b(signalWithStart|getHandle|executeUpdate)\(|\bworkflow\.(start|execute)\(/),
    ).toEqual([]);
  });

  it('every signal that is written to the outbox is one that the workflow knows', () => {
    const named = lines(within('web', 'db'), /\bsignal: '/).map((line) => /signal: '(\w+)'/.exec(line)![1]!);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in SIGNALS))).toEqual([]);
  });
});

describe('words stand in both languages beside each other', () => {
  const inDutch = PRODUCT.filter(({ text }) => /^const nl\b/m.test(text)).map(({ file }) => file);

  it('what is said in one language is said in the other, in the same file and under equal keys', () => {
    const inEnglish = PRODUCT.filter(({ text }) => /^const en: [^=]+ = \{/m.test(text));
    expect(inDutch.length).toBeGreaterThan(20);
    expect(inEnglish.map(({ file }) => file)).toEqual(inDutch);
  });

  it('one mail, one file: it has the words, and the function of its name that makes it', () => {
    const makes = /^export function (\w+)Mail\([^)]*\): MailContent/gm;
    const mails = PRODUCT.flatMap(({ file, text }) =>
      [...text.matchAll(makes)].map(([, name]) => [name, file]),
    );
    expect(mails.length).toBeGreaterThan(5);
    expect(mails).toEqual(mails.map(([name]) => [name, `activities/mail/${name}.ts`]));
    expect(mails.map(([, file]) => file).filter((file) => !inDutch.includes(file!))).toEqual([]);
  });
});

describe('pages stay within the content policy', () => {
  const pages = within('web');

  it.each([
    ['hx-on, which is script in an attribute', /\bhx-on\b/],
    ['script in an attribute', /(["'`]|\b)(js|javascript):/],
    ['a filter in a trigger, which is evaluated', /hx-trigger="[^"]*\[/],
    ['an event handler in an attribute', /\son(click|load|error|submit|input|change|key\w+|focus|blur)=/],
    ['a style in an attribute', /\sstyle="/],
    ['an inline script or style', /<style\b|<script(?![^>]*\ssrc=)/],
    ['anything from another host', /(src|href|action)="https?:/],
  ])('no page has %s', (_what, pattern) => {
    expect(lines(pages, pattern)).toEqual([]);
  });

  it('only the QR library and the terms of use are trusted as markup', () => {
    const users = PRODUCT.filter(({ text }) => /[^.\w]trusted\(/.test(text)).map(({ file }) => file);
    expect(users.sort()).toEqual(['web/onboarding/termsText.ts', 'web/secondFactor/app.ts']);
  });
});

describe('the tree', () => {
  it('keeps the pictures of pages that README.md and docs/*.md show, and no other', () => {
    const kept = FILES.filter((file) => file.startsWith('docs/screens/'));
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.map((file) => file.slice('docs/screens/'.length)).sort()).toEqual(shownPictures());
  });

  it('has no drawer for everything', () => {
    expect(FILES.filter((file) => /(^|\/)(utils?|helpers?|common|misc|lib)\//.test(file))).toEqual([]);
  });
});

/** The arguments of the call whose name begins at `index`, up to its closing bracket. */
function argumentsAt(text: string, index: number): string {
  const begin = text.indexOf('(', index);
  let depth = 0;
  for (let i = begin; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')' && --depth === 0) return text.slice(begin, i + 1);
  }
  return text.slice(begin);
}
