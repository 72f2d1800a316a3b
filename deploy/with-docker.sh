# shellcheck shell=sh disable=SC2154
# deploy.sh on Docker Compose: each version is an image with the commit as its tag; `latest` is the one that the services start.

image=carrinho-e-leads

check_settings() { require_settings DOMAIN POSTGRES_PASSWORD DAEMON_DB_PASSWORD API_DB_PASSWORD; }

cli() { docker compose run --rm carrinho "$@"; }

# With a file of this machine among the arguments: it goes through a pipe, because the container's user may not read it.
cli_with_file() {
  for argument in "$@"; do
    shift
    if [ -f "$argument" ]; then
      copy_in "$argument"
      erasures=$(dirname "$argument")/eliminacoes.json
      [ ! -f "$erasures" ] || copy_in "$erasures"
      argument=/backups/$(basename "$argument")
    fi
    set -- "$@" "$argument"
  done
  cli "$@"
}
copy_in() {
  # shellcheck disable=SC2016
  docker compose run --rm --no-TTY --entrypoint sh carrinho -c 'umask 077; cat >"/backups/$1"' sh "${1##*/}" <"$1"
}

build() {
  docker image inspect "$image:$1" >/dev/null 2>&1 || as_owner git archive "$1" | docker build --tag "$image:$1" -
}
use() { docker tag "$image:$1" "$image:latest"; }
version_in_use() { as_owner git rev-parse HEAD; }

# The command line needs the database.
before_start() { docker compose up --detach --wait --wait-timeout "$patience" postgres; }
start() { docker compose up --detach --no-build --wait --wait-timeout "$patience" --remove-orphans; }

# A new container beside each old one, which goes when all new ones are healthy.
roll() {
  old=$(docker compose ps --quiet api)
  count=$(printf '%s\n' "$old" | grep -c .) || true
  [ "$count" -gt 0 ] || count=1
  docker compose up --detach --no-build --no-deps --no-recreate --scale "api=$((count * 2))" api || return 1
  for container in $(docker compose ps --quiet api); do
    case "$old" in *"$container"*) continue ;; esac
    until_true container_healthy "$container" && continue
    warn "O contêiner $container da api não ficou saudável em $patience s."
    remove_containers_but "$old"
    return 1
  done
  # shellcheck disable=SC2086
  remove_containers $old
  docker compose up --detach --no-build --no-deps --wait --wait-timeout "$patience" daemon caddy
}
container_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ]; }
remove_containers() {
  for container in "$@"; do docker stop "$container" && docker rm "$container"; done >/dev/null
}
remove_containers_but() {
  for container in $(docker compose ps --all --quiet api); do
    case "$1" in *"$container"*) ;; *) remove_containers "$container" ;; esac
  done
}

halt() { docker compose stop api daemon; }
stop() { docker compose stop; }
status() {
  docker compose ps
  cli estado
}
logs() { docker compose logs --follow --tail 200 "$@"; }
shell() { docker compose exec api sh; }
psql() { docker compose exec postgres psql --username carrinho carrinho "$@"; }

forget_others() {
  for tag in $(docker image ls --format '{{.Tag}}' "$image"); do
    case "$tag" in "$1" | "$2" | latest) ;; *) docker image rm "$image:$tag" >/dev/null ;; esac
  done
}
