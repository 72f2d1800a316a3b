#!/bin/sh
# Runs an installation: the same words with Docker Compose and with systemd (docs/installation.md). A version is built beside the one that runs, as
# an image or as a folder, so that going back to the former one takes no network and no compiler.
# shellcheck disable=SC2015,SC2317  # `a && b || c` where c is the same for both; functions that deploy/with-*.sh call.
set -eu

usage() {
  cat <<'TEXT'
Uso: ./deploy.sh COMANDO

  up                       instala o que falta, migra o banco e inicia tudo
  stop                     para tudo
  restart                  reinicia um processo de cada vez, com o .env de agora: o painel não sai do ar
  status                   o que está no ar, e como vai cada loja
  logs [SERVIÇO]           acompanha os registros: api, daemon, caddy (com Docker também postgres)
  update                   busca a versão nova, migra e troca um processo de cada vez; se ela não ficar saudável, volta à anterior
  migrate                  migra o banco a esta versão
  backup [OPÇÕES]          faz um backup agora
  restore ARQUIVO [OPÇÕES] restaura o backup num banco vazio; com --substituir, no lugar do que há no banco
  import EMPRESA DE ATE    lê das lojas da empresa o período (datas como 2026-01-31)
  user [OPÇÕES]            cria um usuário, com as opções de "carrinho usuario criar"; sem opções, o link do primeiro proprietário
  carrinho …               qualquer comando da linha de comando
  shell                    um shell onde o programa roda
  psql [OPÇÕES]            um psql no banco, como dono

Com Docker se houver "docker compose", senão com systemd; DEPLOY_WITH=docker ou systemd no .env decide. Com systemd e sem ser root, os serviços são
os do seu usuário (systemctl --user).
TEXT
}

root=$(cd "$(dirname "$0")" && pwd)

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
fail() {
  warn "$@"
  exit 1
}
short() { printf '%.10s' "$1"; }

# The value of a setting in .env, or the second argument. The file is read, not run: it holds passwords with any sign in them.
setting() {
  value=$(sed -n "s/^$1=//p" "$root/.env" 2>/dev/null | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/")
  printf '%s\n' "${value:-$2}"
}

# Seconds that a process has to become healthy.
patience=$(setting DEPLOY_PATIENCE 60)

require_settings() {
  missing=
  for name in "$@"; do [ -n "$(setting "$name" '')" ] || missing="$missing $name"; done
  [ -z "$missing" ] || fail "Falta no .env:$missing. Veja docs/installation.md."
}

# Root works on the files as their owner: git refuses another's repository, and packages run scripts.
owner=$(stat -c %U "$root")
as_owner() {
  if [ "$(id -u)" = 0 ] && [ "$owner" != root ]; then
    runuser -u "$owner" -- env HOME="$(getent passwd "$owner" | cut -d: -f6)" "$@"
  else
    "$@"
  fi
}

# Runs "$@" once a second until it succeeds, $patience times at most.
until_true() {
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt "$patience" ] || return 1
    sleep 1
  done
}

# Two at once would take each other's version away.
alone() {
  exec 9>"$root/.deploy.lock"
  flock -n 9 || fail 'Outro ./deploy.sh está trabalhando.'
}

up() {
  alone
  check_settings
  version=$(as_owner git rev-parse HEAD)
  build "$version" || fail 'A versão não pôde ser montada.'
  use "$version" && before_start && cli migrar && start || fail 'Nem tudo ficou saudável: veja ./deploy.sh status e ./deploy.sh logs.'
  say "No ar: $(setting PUBLIC_URL "https://$(setting DOMAIN localhost)")"
  cli usuario link --primeiro
}

update() {
  alone
  check_settings
  former=$(version_in_use) || fail 'Nada foi instalado ainda: ./deploy.sh up'
  as_owner git diff --quiet HEAD -- || fail 'Há arquivos mudados à mão aqui (git status): desfaça isso antes.'
  as_owner git fetch --quiet
  next=$(as_owner git rev-parse '@{upstream}')
  if [ "$next" = "$former" ]; then
    say "Já está na versão mais nova, $(short "$next")."
    return
  fi
  as_owner git merge-base --is-ancestor HEAD "$next" || fail 'Há commits aqui que não estão na origem: desfaça isso antes.'
  say "De $(short "$former") para $(short "$next")."
  build "$next" || fail 'A versão nova não pôde ser montada. Nada mudou.'
  as_owner git merge --quiet --ff-only "$next"
  backup=
  if switch_to "$next"; then
    forget_others "$next" "$former"
    say "Versão $(short "$next") no ar."
    return
  fi
  warn "A versão $(short "$next") não deu certo: volto à $(short "$former")."
  as_owner git reset --quiet --keep "$former"
  # It was healthy: what is slow now is the machine.
  patience=300
  if [ -n "$backup" ]; then
    halt
    # By the new version, which knows every migration that was there.
    cli backup restaurar "$backup" --substituir --como-era || fail "O banco não voltou ao que era: o backup é $backup."
    use "$former"
    start || fail "A versão $(short "$former") também não ficou saudável."
  else
    use "$former"
    roll || fail "A versão $(short "$former") também não ficou saudável."
  fi
  fail "A versão $(short "$former") está no ar de novo."
}

# Fails when the version does not become healthy. `backup` is then what to go back to, or empty where the former version runs on the database as it is.
switch_to() {
  use "$1" || return 1
  if cli migrar --faltam --json | grep -q '"stopsFormer":true'; then
    say 'A versão anterior não entende o banco da nova: o painel para até ela estar no ar.'
    halt || return 1
    backup=$(cli backup criar --json | sed -n 's/.*"path":"\([^"]*\)".*/\1/p')
    [ -n "$backup" ] && cli migrar && start
  else
    cli migrar && roll
  fi
}

restore() {
  [ $# -gt 0 ] || fail 'Qual backup? ./deploy.sh restore ARQUIVO'
  alone
  halt
  cli_with_file backup restaurar "$@" || fail 'Nada foi restaurado. O que havia volta com ./deploy.sh up.'
  start || fail 'Nem tudo ficou saudável: veja ./deploy.sh status e ./deploy.sh logs.'
}

main() {
  verb=${1:-}
  [ $# -eq 0 ] || shift
  case "$verb" in
    '')
      usage >&2
      exit 2
      ;;
    help | ajuda | --help | --ajuda | -h)
      usage
      exit
      ;;
  esac
  # A file is meant from where the caller stands.
  if [ "$verb" = restore ] && [ -f "${1:-}" ]; then
    file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
    shift
    set -- "$file" "$@"
  fi
  cd "$root"
  with=$(setting DEPLOY_WITH '')
  if [ -z "$with" ]; then
    if docker compose version >/dev/null 2>&1; then with=docker; else with=systemd; fi
  fi
  case "$with" in
    docker) . "$root/deploy/with-docker.sh" ;;
    systemd) . "$root/deploy/with-systemd.sh" ;;
    *) fail "DEPLOY_WITH no .env deve ser docker ou systemd; recebido: \"$with\"." ;;
  esac
  case "$verb" in
    up | stop | status | logs | update | restore | shell | psql) "$verb" "$@" ;;
    restart)
      alone
      check_settings
      use "$(version_in_use)" && roll || fail 'Nem tudo ficou saudável: veja ./deploy.sh status e ./deploy.sh logs.'
      ;;
    migrate) cli migrar ;;
    backup) cli backup criar "$@" ;;
    import)
      [ $# -ge 3 ] || fail 'Uso: ./deploy.sh import EMPRESA DE ATE, com datas como 2026-01-31'
      company=$1 from=$2 to=$3
      shift 3
      cli importar --empresa="$company" --de="$from" --ate="$to" "$@"
      ;;
    user) if [ $# -eq 0 ]; then cli usuario link --primeiro; else cli usuario criar "$@"; fi ;;
    carrinho) cli "$@" ;;
    *)
      usage >&2
      fail "Comando desconhecido: $verb"
      ;;
  esac
}

# Read whole before it runs: an update replaces this file.
main "$@"
exit
