/**
 * The rights of each kind of process that connects with a role of its own (docs/deploying.md, "Roles in PostgreSQL").
 * The role that runs migrations owns the tables and grants exactly these rights each time. During an upgrade the
 * previous release still runs, so remove a right one release after it was last used.
 */
import type { Db } from './connect.ts';
import type { TableName } from './tables.ts';

export const ROLES = { web: 'instap_web', worker: 'instap_worker', cli: 'instap_cli' } as const;

export type Role = keyof typeof ROLES;

/**
 * PostgreSQL requires an update right to lock a row; this column gives one that cannot change anything of importance.
 */
const LOCK = 'update (created_at)';

/** In PostgreSQL's terms. Cascading deletes need no right. */
const RIGHTS: Record<TableName, Partial<Record<Role, string>>> = {
  api_key: { web: 'select', cli: 'select, insert, update' },
  app_factor: { web: 'select, insert, update, delete' },
  attempt: { web: 'select, insert, update, delete', worker: 'select, delete', cli: 'select, delete' },
  // Insert-only; old entries are deleted only by `purge_audit`.
  audit: { web: 'select, insert', worker: 'select, insert', cli: 'insert' },
  audit_network_key: {},
  client: { web: 'select', worker: 'select', cli: 'select, insert' },
  event: { web: 'insert', worker: 'insert' },
  idempotency_key: { web: 'select, insert' },
  invitation: { web: `select, delete, ${LOCK}`, worker: 'select, insert, update', cli: 'select' },
  key_check: { web: 'select, insert', worker: 'select, insert', cli: 'select, insert' },
  message: { web: 'select, insert, update, delete', worker: 'select, update', cli: 'select' },
  onboarding: { web: 'select, insert, update', worker: 'select, update', cli: 'select, update' },
  outbox: {
    web: 'select, insert, update, delete',
    worker: 'select, insert, update, delete',
    cli: 'select, insert, delete',
  },
  passing_on: { web: 'select, insert, delete', worker: 'select' },
  password_request: { web: 'insert', worker: `select, delete, ${LOCK}` },
  person: {
    web: 'select, insert, update, delete',
    worker: `select, delete, ${LOCK}`,
    cli: 'select, delete',
  },
  profile: { web: 'select, insert, update, delete' },
  reset_link: { web: 'select, insert, update, delete', worker: 'select, insert, update', cli: 'select' },
  security_notice: { web: 'insert', worker: 'select, update', cli: 'select' },
  send_try: { web: 'select, update', worker: 'select, insert, update', cli: 'select' },
  session: { web: 'select, insert, update, delete', worker: 'select, delete' },
  sms_code: { web: 'select, insert, update, delete', worker: 'select, update', cli: 'select' },
  sms_factor: { web: 'select, insert, update, delete' },
  temporary_password: { web: 'select, insert, delete', worker: 'select, insert, delete' },
  terms_acceptance: { web: 'select, insert, update, delete' },
  wrong_factor: { web: 'select, insert, update', worker: 'select, update', cli: 'select, update' },
};

/** Functions that run with their owner's rights. */
const FUNCTIONS: Record<Role, string[]> = {
  web: ['audit_network(text, uuid)'],
  worker: ['purge_audit(integer)'],
  cli: [],
};

/** SQL that gives a role exactly these rights. */
function rightsOf(role: Role): string[] {
  const name = ROLES[role];
  const tables = Object.entries(RIGHTS).flatMap(([table, { [role]: rights }]) =>
    rights ? [`grant ${rights} on ${table} to ${name}`] : [],
  );
  return [
    `revoke all on ${Object.keys(RIGHTS).join(', ')} from ${name}`,
    ...tables,
    `grant usage on sequence outbox_id_seq to ${name}`,
    ...FUNCTIONS[role].map((signature) => `grant execute on function ${signature} to ${name}`),
  ];
}

/** Grants the rights to those roles that exist. One statement, so running processes never lose them in between. */
export async function grantRights({ sql }: Db): Promise<void> {
  const { rows } = await sql.raw<{ role: string }>(
    'select rolname as role from pg_roles where rolname = any (?)',
    [Object.values(ROLES)],
  );
  const made = (Object.keys(ROLES) as Role[]).filter((role) => rows.some((row) => row.role === ROLES[role]));
  if (made.length > 0) await sql.raw(made.flatMap(rightsOf).join(';\n'));
}
