#!/bin/sh
# The database and a login of its own for each process, in roles that own nothing; run once by a superuser of Postgres. The Postgres container runs it
# by itself with the passwords of .env; without Docker, `runuser -u postgres -- sh deploy/postgres-logins.sh` makes passwords and prints what .env
# needs. The roles are completed by the migrations (sql/roles.sql).
set -eu
database=${POSTGRES_DB:-carrinho}
made=
if [ -z "${POSTGRES_USER:-}" ]; then
  made=yes
  password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
  OWNER_DB_PASSWORD=$(password)
  DAEMON_DB_PASSWORD=$(password)
  API_DB_PASSWORD=$(password)
  # Passwords come by the environment: arguments are seen by everybody on the machine.
  export OWNER_DB_PASSWORD
  psql --quiet --set ON_ERROR_STOP=1 --dbname postgres --set database="$database" <<'SQL'
\getenv owner_password OWNER_DB_PASSWORD
create role carrinho_login login password :'owner_password';
create database :"database" owner carrinho_login encoding 'UTF8' template template0;
SQL
fi
: "${DAEMON_DB_PASSWORD:?}" "${API_DB_PASSWORD:?}"
export DAEMON_DB_PASSWORD API_DB_PASSWORD
psql --quiet --set ON_ERROR_STOP=1 ${POSTGRES_USER:+--username "$POSTGRES_USER"} --dbname "$database" <<'SQL'
\getenv daemon_password DAEMON_DB_PASSWORD
\getenv api_password API_DB_PASSWORD
create role carrinho_owner nologin noinherit;
create role carrinho_daemon nologin noinherit;
create role carrinho_api nologin noinherit;
create role carrinho_daemon_login login password :'daemon_password' in role carrinho_daemon;
create role carrinho_api_login login password :'api_password' in role carrinho_api;
SQL
[ -n "$made" ] || exit 0
psql --quiet --set ON_ERROR_STOP=1 --dbname "$database" --command 'grant carrinho_owner, carrinho_daemon, carrinho_api to carrinho_login'
cat <<TEXT
DATABASE_URL=postgres://carrinho_login:$OWNER_DB_PASSWORD@localhost/$database
DAEMON_DATABASE_URL=postgres://carrinho_daemon_login:$DAEMON_DB_PASSWORD@localhost/$database
API_DATABASE_URL=postgres://carrinho_api_login:$API_DB_PASSWORD@localhost/$database
TEXT
