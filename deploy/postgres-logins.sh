#!/bin/sh
# Runs once, when the Postgres volume is made: a login of its own for each process, in roles that own nothing. The owner's login (POSTGRES_USER) is
# used by the migrations and by the command line only. The roles are completed by the migrations (sql/roles.sql).
set -eu
: "${DAEMON_DB_PASSWORD:?}" "${API_DB_PASSWORD:?}"
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set daemon_password="$DAEMON_DB_PASSWORD" --set api_password="$API_DB_PASSWORD" <<'SQL'
create role carrinho_owner nologin noinherit;
create role carrinho_daemon nologin noinherit;
create role carrinho_api nologin noinherit;
create role carrinho_daemon_login login password :'daemon_password' in role carrinho_daemon;
create role carrinho_api_login login password :'api_password' in role carrinho_api;
SQL
