/**
 * The entry of every npm script: `node tools/run.mjs <entry.ts> [arguments]`. Plain JavaScript, because the machine's
 * own Node may be too old for TypeScript. Installs what is missing, unless the entry is a production process, then
 * runs it on the pinned Node 24 and passes on signals, exit code and death by signal.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PARENT_WATCH_MS = 500;
/**
 * Production processes need no dev packages, and several start at once where no process may change the packages of
 * another.
 */
const PRODUCTION = [
  'processes/web.ts',
  'processes/worker.ts',
  'processes/migrate.ts',
  'tools/local/instap.ts',
  'tools/local/config.ts',
];
const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.instap-lock`;
const pinnedNode = `${root}node_modules/node/bin/node`;

/** npm passes its own path in npm_execpath, so the same npm is used. */
function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    // stdout belongs to the entry, whose output may be read by a program.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, npm_config_update_notifier: 'false' },
  });
}

function installWhatIsMissing() {
  const wanted = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (sameAsInstalled()) return writeFileSync(stamp, wanted);
  const started = Date.now();
  console.error('Installing the packages of package-lock.json (npm ci, about a minute) …');
  const result = npm(['ci', '--loglevel=error', '--no-audit', '--no-fund']);
  if (result.status !== 0) {
    console.error(
      'npm ci failed; its messages are above. Mend that, or run `npm ci` yourself, and try again.',
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, wanted);
  console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Somebody ran `npm ci` or `npm install` by hand, or only the lock file's format changed: the installed packages
 * match.
 */
function sameAsInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const { packages: wanted } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  const { packages: present } = JSON.parse(readFileSync(installed, 'utf8'));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function node24() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `Instap needs Node 24; this is ${process.version}, and the pinned one (the npm package "node") is not installed.\n` +
      'Put Node 24 on your PATH; or run `npm ci` without --omit=dev, which brings one along.',
  );
  process.exit(1);
}

const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error('Usage: node tools/run.mjs <entry.ts> [arguments]');
  process.exit(64);
}
if (!PRODUCTION.includes(entry) && process.env.NODE_ENV !== 'production') installWhatIsMissing();
else if (!existsSync(`${root}node_modules`)) {
  console.error('The packages are not installed: run `npm ci --omit=dev` first (`npm ci` for all of them).');
  process.exit(1);
}

const child = spawn(node24(), [`${root}${entry}`, ...args], { stdio: 'inherit' });
child.on('error', (error) => {
  console.error(`Cannot start Node 24: ${error.message}`);
  process.exit(1);
});

// Ctrl-C in a terminal reaches the whole group including the child; a SIGINT without a terminal only reaches us.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));

// A signal sent to npm ends npm and the shell in between and never arrives here, so watch for the shell's death.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_WATCH_MS).unref();

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  // Without our handler the same signal ends us too, so that the shell sees what happened.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(1), PARENT_WATCH_MS);
});
