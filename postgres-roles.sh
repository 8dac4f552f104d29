#!/bin/sh
# At the first start of PostgreSQL's container: Instap and Temporal each get a role and databases of their own,
# so neither can read what the other has, and neither is a superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv instap INSTAP_PASSWORD
\getenv temporal TEMPORAL_PASSWORD
create role instap login password :'instap';
create role temporal login password :'temporal';
create database instap owner instap;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database instap, temporal, temporal_visibility from public;
SQL
