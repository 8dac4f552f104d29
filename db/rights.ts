/**
 * What each kind of process may do in the database when it connects as a role of its own (docs/deploying.md, "Roles in
 * PostgreSQL"). The role that brings the tables up to date owns them, and gives exactly these rights each time.
 * Processes of the release before still run then: a right that is no longer needed goes one release later.
 */
import type { Db } from './connect.ts';
import type { TableName } from './tables.ts';

export const ROLES = { web: 'instap_web', worker: 'instap_worker', cli: 'instap_cli' } as const;

export type Role = keyof typeof ROLES;

/** To lock a row PostgreSQL asks for an update of some column; with this one nothing can be changed that matters. */
const LOCK = 'update (created_at)';

/** In PostgreSQL's words. Rows that go with their person need no right: the database deletes them itself. */
const RIGHTS: Record<TableName, Partial<Record<Role, string>>> = {
  api_key: { web: 'select', cli: 'select, insert, update' },
  app_factor: { web: 'select, insert, update, delete' },
  attempt: { web: 'select, insert, update, delete', worker: 'select, delete', cli: 'select, delete' },
  // Written and never changed; what is old goes by `purge_audit` alone.
  audit: { web: 'select, insert', worker: 'select, insert', cli: 'insert' },
  audit_network_key: {},
  client: { web: 'select', worker: 'select', cli: 'select, insert' },
  event: { web: 'insert', worker: 'insert' },
  idempotency_key: { web: 'select, insert' },
  invitation: { web: 'select, delete', worker: 'select, insert, update', cli: 'select' },
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

/** Of those that run with the rights of their owner. */
const FUNCTIONS: Record<Role, string[]> = {
  web: ['audit_network(text, uuid)'],
  worker: ['purge_audit(integer)'],
  cli: [],
};

/** SQL: exactly these rights for a role. */
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

/** Gives the rights to those of the roles that there are. In one statement, so nobody at work is ever without them. */
export async function grantRights({ sql }: Db): Promise<void> {
  const { rows } = await sql.raw<{ role: string }>(
    'select rolname as role from pg_roles where rolname = any (?)',
    [Object.values(ROLES)],
  );
  const made = (Object.keys(ROLES) as Role[]).filter((role) => rows.some((row) => row.role === ROLES[role]));
  if (made.length > 0) await sql.raw(made.flatMap(rightsOf).join(';\n'));
}
