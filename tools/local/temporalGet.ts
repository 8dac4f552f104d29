/** Two ways to get the Temporal CLI into a folder. Both leave it complete or absent, even when two run at once. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const HEADERS_WITHIN_MS = 5_000;
const DOWNLOAD_WITHIN_MS = 120_000;
const BUILD_WITHIN_MS = 20 * 60_000;
const TELL_EVERY_MS = 10_000;

type Get = {
  version: string;
  /** Where to put `temporal`. */
  folder: string;
  say: (text: string) => void;
};

/** The official archive. Undefined on success, otherwise why not. */
export async function downloadTemporal({ version, folder, say }: Get): Promise<string | undefined> {
  const platform = `platform=${process.platform}&arch=${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const url = `https://temporal.download/cli/archive/v${version}?${platform}`;
  say(`Temporal CLI ${version}: downloading (about 50 MB)`);
  const patience = new AbortController();
  let timer = setTimeout(() => patience.abort(), HEADERS_WITHIN_MS);
  try {
    const response = await fetch(url, { signal: patience.signal });
    clearTimeout(timer);
    timer = setTimeout(() => patience.abort(), DOWNLOAD_WITHIN_MS);
    if (!response.ok) return `no download: ${new URL(url).host} answered ${response.status}`;
    const archive = Buffer.from(await response.arrayBuffer());
    return inScratch(folder, (scratch) => {
      writeFileSync(path.join(scratch, 'archive.tar.gz'), archive);
      const { status } = spawnSync('tar', ['-xzf', 'archive.tar.gz', 'temporal'], { cwd: scratch });
      return status === 0 ? undefined : 'no download: the archive could not be unpacked';
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = patience.signal.aborted
      ? 'no answer in time'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    return `no download: ${why}`;
  } finally {
    clearTimeout(timer);
  }
}

/** `go install`. Undefined on success, otherwise why not. */
export async function buildTemporal({ version, folder, say }: Get): Promise<string | undefined> {
  if (spawnSync('go', ['version']).status !== 0) return 'no build: Go is not on the PATH';
  say(
    `Temporal CLI ${version}: building it with Go, once; about 3 minutes on 2 cores, plus downloading 250 MB`,
  );
  return inScratch(folder, (scratch) =>
    goInstall(`github.com/temporalio/cli/cmd/temporal@v${version}`, scratch, say),
  );
}

function goInstall(what: string, scratch: string, say: (text: string) => void): Promise<string | undefined> {
  const begun = performance.now();
  let fetched = 0;
  let compiled = 0;
  let lastLine = '';
  const go = spawn('go', ['install', '-v', what], {
    env: { ...process.env, GOBIN: scratch, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_WITHIN_MS,
  });
  createInterface({ input: go.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading')) fetched++;
    else compiled++;
    lastLine = line;
  });
  const ticker = setInterval(() => {
    const seconds = Math.round((performance.now() - begun) / 1_000);
    const fetching = fetched ? `${fetched} modules fetched` : 'Go is at work';
    say(`${seconds} s: ${compiled ? `${compiled} packages compiled (of about 1,300)` : fetching}`);
  }, TELL_EVERY_MS);
  return new Promise((resolve) => {
    const abandon = () => go.kill();
    process.once('exit', abandon);
    const finish = (failure?: string) => {
      process.off('exit', abandon);
      clearInterval(ticker);
      resolve(failure);
    };
    go.on('error', (error) => finish(`no build: ${error.message}`));
    go.on('exit', (code) => finish(code === 0 ? undefined : `no build: go install failed: ${lastLine}`));
  });
}

/** Runs `work` in a temporary folder; on success its `temporal` is moved to `folder` in one step. */
async function inScratch(
  folder: string,
  work: (scratch: string) => string | undefined | Promise<string | undefined>,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(path.join(folder, 'new-'));
  const clean = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    const failure = await work(scratch);
    if (failure === undefined) renameSync(path.join(scratch, 'temporal'), path.join(folder, 'temporal'));
    return failure;
  } finally {
    process.off('exit', clean);
    clean();
  }
}
