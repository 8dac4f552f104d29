/**
 * Copies a running embedded PostgreSQL so that another one can start on the copy: what `pg_basebackup` does, which the
 * embedded programs lack (postgresql.org/docs/18/continuous-archiving.html, "Making a Base Backup Using the Low Level
 * API").
 */
import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** Belongs to the running server, not to its data. */
const NOT_COPIED = ['postmaster.pid', 'postmaster.opts', 'pg_wal'];

/**
 * Copies the cluster of the server at `url` into `folder`, for `startPostgres({ folder })`, while it runs. Everything
 * committed before the call is in the copy.
 */
export async function backUp(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: shown } = await client.query('show data_directory');
    const cluster: string = shown[0].data_directory;
    const copy = path.join(folder, path.basename(cluster));
    mkdirSync(folder, { recursive: true });
    await client.query(`select pg_backup_start('copy', true)`);
    await copyAll(cluster, copy);
    for (const name of NOT_COPIED) rmSync(path.join(copy, name), { recursive: true, force: true });
    const { rows: stopped } = await client.query('select labelfile from pg_backup_stop(false)');
    // The changes made during the copy, which the server reads first when it starts on the copy.
    await copyAll(path.join(cluster, 'pg_wal'), path.join(copy, 'pg_wal'));
    const label = path.join(copy, 'backup_label');
    writeFileSync(label, stopped[0].labelfile);
    const { uid, gid } = statSync(cluster);
    chownSync(label, uid, gid);
    await copyAll(path.join(cluster, '..', 'password'), path.join(folder, 'password'));
  } finally {
    await client.end();
  }
}

/** With owners and permissions, which PostgreSQL checks. Files that vanish meanwhile are not needed. */
async function copyAll(from: string, to: string): Promise<void> {
  await run('cp', ['-a', from, to]).catch((error: { stderr?: string }) => {
    const others = (error.stderr ?? '').split('\n').filter((line) => line && !/No such file/.test(line));
    if (others.length) throw error;
  });
}
