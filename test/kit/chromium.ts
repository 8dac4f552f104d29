/** A Chromium for the tests and the pictures, on any machine: from the npm package, or the machine's own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { cacheFolder } from '../../tools/local/temporalCli.ts';

const run = promisify(execFile);

const STARTS_WITHIN_MS = 30_000;

/** Not the package's own flags: those switch web security off. The last four keep it from calling outside. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

const HINT = `No browser starts on this machine. Do one of these, then try again:
  - install Chromium or Google Chrome, for example  apt install chromium
  - set CHROME=/path/to/chrome`;

type Program = { executablePath: string; env?: Record<string, string> };

/**
 * Starts the browser of CHROME, else the one of the npm package, else the machine's own. Throws with the cure.
 * `debuggingPort`: where another program can drive it, too.
 */
export async function startBrowser({ debuggingPort }: { debuggingPort?: number } = {}): Promise<Browser> {
  const args = debuggingPort === undefined ? FLAGS : [...FLAGS, `--remote-debugging-port=${debuggingPort}`];
  const failures: string[] = [];
  for (const find of [given, packaged, ...['google-chrome', 'chromium', 'chromium-browser'].map(onPath)]) {
    try {
      const program = await find();
      if (!program) continue;
      // Date fields as a Dutch person's browser shows them.
      const env = { ...process.env, LC_ALL: 'nl_NL.UTF-8', ...program.env };
      return await chromium.launch({ ...program, env, args, timeout: STARTS_WITHIN_MS });
    } catch (error) {
      failures.push(String(error));
    }
  }
  throw new Error([HINT, ...failures].join('\n\n'));
}

const given = (): Program | undefined =>
  process.env.CHROME ? { executablePath: process.env.CHROME } : undefined;

const onPath = (name: string) => (): Program | undefined => {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const executablePath = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
  return executablePath ? { executablePath } : undefined;
};

/**
 * The Chromium in @sparticuz/chromium, unpacked once into the cache. It brings the libraries that a bare Debian lacks
 * (NSS) and a typeface; both are made known by environment variables of that process alone.
 */
async function packaged(): Promise<Program | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const manifest = findPackageJSON('@sparticuz/chromium', import.meta.url)!;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = path.join(cacheFolder(), `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  const env = {
    LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
    FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
  };
  return { executablePath: path.join(folder, 'chromium'), env };
}

/** 210 MB, in two seconds; whole or not at all, also when two do it at once. */
async function unpack(folder: string): Promise<void> {
  mkdirSync(path.dirname(folder), { recursive: true });
  const half = mkdtempSync(`${folder}-`);
  try {
    // The package unpacks into the folder for temporary files, with the libraries only where it sees an Amazon server.
    const script = `import { default as package_ } from ${JSON.stringify(import.meta.resolve('@sparticuz/chromium'))}; await package_.executablePath();`;
    const env = { PATH: process.env.PATH, TMPDIR: half, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
    await run(process.execPath, ['--input-type=module', '--eval', script], { env });
    // The package's own list of typefaces names folders of that server.
    writeFileSync(path.join(half, 'fonts.conf'), fontList(path.join(folder, 'fonts')));
    renameSync(half, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** The package's typeface for everything, so pictures are alike everywhere; the machine's own for other scripts. */
const fontList = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}-cache</cachedir>
  ${['system-ui', 'sans-serif'].map((family) => `<alias binding="same"><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`).join('\n  ')}
</fontconfig>
`;
