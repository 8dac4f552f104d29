#!/bin/sh
# At the first start of PostgreSQL's container: Instap and Temporal each get a role and databases of their own, so neither
# can read what the other has; web, worker and command line get roles of their own within that of Instap, whose rights the
# container `migrate` gives. None is a superuser. What is there stays: in the volume of an older release run it once more.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv instap INSTAP_PASSWORD
\getenv web WEB_PASSWORD
\getenv worker WORKER_PASSWORD
\getenv cli CLI_PASSWORD
\getenv temporal TEMPORAL_PASSWORD
select format('create role %I login password %L', name, password)
from (values
  ('instap', :'instap'),
  ('instap_web', :'web'),
  ('instap_worker', :'worker'),
  ('instap_cli', :'cli'),
  ('temporal', :'temporal')
) as role (name, password)
where not exists (select from pg_roles where rolname = name) \gexec
select format('create database %I owner %I', name, owner)
from (values
  ('instap', 'instap'),
  ('temporal', 'temporal'),
  ('temporal_visibility', 'temporal')
) as database (name, owner)
where not exists (select from pg_database where datname = name) \gexec
revoke all on database instap, temporal, temporal_visibility from public;
grant connect on database instap to instap_web, instap_worker, instap_cli;
SQL
