/** Where the Temporal CLI comes from: it holds the dev server, and there is no npm package of it. */
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

/** How somebody can provide the Temporal CLI when nothing else worked. */
const CURE = `The Temporal CLI is missing, and it could not be downloaded or built. Do one of these, then start again:
  - with Homebrew:  brew install temporal
  - download it:    https://temporal.download/cli/archive/v${VERSION}?platform=linux&arch=amd64
                    unpack it and put \`temporal\` on your PATH, or set TEMPORAL_CLI=/path/to/temporal
  - with Go:        put \`go\` (1.24 or newer) on your PATH; npm start then builds it, once, in a few minutes
  - use a Temporal that runs already: TEMPORAL_ADDRESS=host:7233`;

/**
 * A Temporal CLI that answers: TEMPORAL_CLI, else `temporal` on PATH, else the project's cache, else a download, else
 * built with Go (minutes, once). `say` is told what takes time. Otherwise the cure in words.
 */
export async function findTemporal(say: (text: string) => void): Promise<{ cli: string } | { cure: string }> {
  const given = process.env.TEMPORAL_CLI;
  if (given)
    return (await answers(given))
      ? { cli: given }
      : { cure: `TEMPORAL_CLI=${given} does not answer --version.` };
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
  return { cure: CURE };
}

/** What is fetched or unpacked once for all copies of the project. */
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
