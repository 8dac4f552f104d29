/** Where the Temporal CLI comes from: it contains the dev server, and there is no npm package of it. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildTemporal, downloadTemporal } from './temporalGet.ts';

/** The newest version that `go install` can build; later ones carry a replace directive. */
const VERSION = '1.5.1';
const ANSWERS_WITHIN_MS = 15_000;

const run = promisify(execFile);

/** What to do when no source of the Temporal CLI worked. */
const HINT = `The Temporal CLI is missing, and it could not be downloaded or built. Do one of these, then start again:
  - with Homebrew:  brew install temporal
  - download it:    https://temporal.download/cli/archive/v${VERSION}?platform=linux&arch=amd64
                    unpack it and put \`temporal\` on your PATH, or set TEMPORAL_CLI=/path/to/temporal
  - with Go:        put \`go\` (1.24 or newer) on your PATH; npm start then builds it, once, in a few minutes
  - use a Temporal that runs already: TEMPORAL_ADDRESS=host:7233`;

/**
 * A working Temporal CLI: TEMPORAL_CLI, or `temporal` on PATH, or the project's cache, or a download, or built with Go
 * (minutes, once). `say` is called for what takes time. Otherwise a hint.
 */
export async function findTemporal(say: (text: string) => void): Promise<{ cli: string } | { hint: string }> {
  const given = process.env.TEMPORAL_CLI;
  if (given)
    return (await answers(given))
      ? { cli: given }
      : { hint: `TEMPORAL_CLI=${given} does not answer --version.` };
  const onPath = lookOnPath();
  if (onPath && (await answers(onPath))) return { cli: onPath };

  const folder = path.join(cacheFolder(), `temporal-${VERSION}`);
  const cli = path.join(folder, 'temporal');
  if (existsSync(cli) && (await answers(cli))) return { cli };
  for (const get of [downloadTemporal, buildTemporal]) {
    const failure = await get({ version: VERSION, folder, say });
    if (failure === undefined && (await answers(cli))) return { cli };
    say(failure ?? 'the downloaded file does not run on this machine');
  }
  return { hint: HINT };
}

/** What is downloaded or unpacked once for all copies of the project. */
export const cacheFolder = () => process.env.INSTAP_CACHE ?? path.join(homedir(), '.cache', 'instap');

function lookOnPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, 'temporal')).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function answers(cli: string): Promise<boolean> {
  try {
    const { stdout } = await run(cli, ['--version'], { timeout: ANSWERS_WITHIN_MS });
    return stdout.startsWith('temporal version');
  } catch {
    return false;
  }
}
