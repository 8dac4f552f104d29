/** `npm start` with data of a version whose runs this code cannot replay: the data is set aside, and that is said. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from './folder.ts';
import { HISTORIES_SINCE, setOlderAside } from './olderHistories.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'instap-older-')), 'temporal');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const state = () => path.join(folder, 'state.db');
const start = () => setOlderAside(folder, () => mkdirSync(folder, { recursive: true }));

it('at the first start there is nothing to set aside', () => {
  expect(start()).toBeUndefined();
  expect(existsSync(folder)).toBe(true);
});

it('what this version wrote stays', () => {
  start();
  writeFileSync(state(), 'ours');
  expect(start()).toBeUndefined();
  expect(readFileSync(state(), 'utf8')).toBe('ours');
});

it('what an older version wrote is set aside, whole, and a new beginning is made', () => {
  mkdirSync(folder);
  writeFileSync(state(), 'theirs');
  const aside = start()!;
  expect(readFileSync(path.join(aside, 'state.db'), 'utf8')).toBe('theirs');
  expect(existsSync(state())).toBe(false);
  writeFileSync(state(), 'ours');
  expect(start()).toBeUndefined();
});

it('the oldest histories that are kept are those of the first recording', () => {
  expect(readdirSync(path.join(ROOT, 'test/histories')).sort()[0]).toBe(HISTORIES_SINCE);
});
