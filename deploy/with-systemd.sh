# shellcheck shell=sh disable=SC2015,SC2154
# deploy.sh on systemd: each version in a folder of its own with its packages, because a process goes on reading the files of the version that it
# was started from. `current` says which one the units start.

releases=$root/.releases
current=$releases/current
data=$(setting DATA_DIR "$root/.data")

command -v systemctl >/dev/null || fail 'Não há "docker compose" nem systemctl. Para um teste numa máquina só, veja "npm start" no README.'

if [ "$(id -u)" = 0 ]; then
  units=/etc/systemd/system
  ctl() { systemctl "$@"; }
  journal() { journalctl "$@"; }
else
  units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
  ctl() { systemctl --user "$@"; }
  journal() { journalctl --user "$@"; }
fi

ports() { setting API_UPSTREAMS '127.0.0.1:3000 127.0.0.1:3002' | tr ' ' '\n' | sed 's/.*://'; }
status_port() { setting STATUS_PORT 3001; }
has_caddy() { command -v caddy >/dev/null; }

check_settings() {
  [ -f "$root/.env" ] || fail 'Falta o arquivo .env. Veja docs/installation.md.'
  require_settings PUBLIC_URL DATABASE_URL DAEMON_DATABASE_URL API_DATABASE_URL
}

cli() {
  [ -e "$current" ] || fail 'Nada foi instalado ainda: ./deploy.sh up'
  as_owner env NODE_ENV=production DATA_DIR="$data" node "$current/bin/carrinho.mjs" "$@"
}
cli_with_file() { cli "$@"; }

# Makes the folder of a version, which appears whole or not at all.
build() {
  [ ! -d "$releases/$1" ] || return 0
  new=$releases/new
  as_owner mkdir -p "$releases" "$data" && as_owner rm -rf "$new" && as_owner mkdir "$new" || return 1
  as_owner git archive "$1" | as_owner tar -x -C "$new" || return 1
  as_owner ln -s ../../.env "$new/.env" || return 1
  (cd "$new" && as_owner npm ci --omit=dev --no-audit --no-fund --loglevel=error) || return 1
  # Compiled where it stays: the programs hold its address.
  as_owner mv "$new" "$releases/$1" && (cd "$releases/$1" && as_owner node start/run.mjs)
}

use() {
  as_owner ln -sfn "$1" "$current.new" && as_owner mv -T "$current.new" "$current" && write_units
}
version_in_use() { readlink "$current"; }

# The version's units, with this installation's path, user and folder of backups. A user's own manager knows no User= and may not confine.
write_units() {
  if [ "$(id -u)" = 0 ]; then
    change="s|^User=carrinho\$|User=$owner|"
  else
    change='/^User=/d; /^# Hardening/,/^$/d; s/multi-user.target/default.target/'
  fi
  folder=$(setting BACKUP_DIR '')
  mkdir -p "$units" || return 1
  for unit in "$current"/deploy/systemd/*; do
    sed -e "$change" -e "s|/srv/carrinho/.data|$data|g" -e "s|/srv/carrinho|$root|g" -e "s|^ReadWritePaths=.*|&${folder:+ -$folder}|" "$unit" >"$units/${unit##*/}" || return 1
  done
  ctl daemon-reload
}

healthy() {
  node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "http://127.0.0.1:$1/health"
}

become_healthy() {
  until_true healthy "$1" && return
  warn "A porta $1 não ficou saudável em $patience s."
  return 1
}

before_start() { :; }

# What Caddy works by, to know when it must be restarted: it drops every connection then.
doors_now() {
  cat "$current/Caddyfile"
  for name in DOMAIN HTTP_PORT HTTPS_PORT API_UPSTREAMS; do setting "$name" ''; done
}
remember_doors() { doors_now | as_owner tee "$releases/doors" >/dev/null; }

start() {
  for port in $(ports); do ctl enable --quiet --now "carrinho-api@$port.service" || return 1; done
  ctl enable --quiet --now carrinho-daemon.service carrinho-backup.timer || return 1
  if has_caddy; then
    remember_doors
    ctl enable --quiet --now carrinho-caddy.service || return 1
  else
    warn 'Não há caddy aqui: o HTTPS fica por sua conta.'
  fi
  ctl enable --quiet --now carrinho.target || return 1
  for port in $(ports) $(status_port); do become_healthy "$port" || return 1; done
  # Most likely another program has its ports.
  ! has_caddy || ctl is-active --quiet carrinho-caddy.service || {
    warn 'O Caddy não está no ar: veja ./deploy.sh logs caddy'
    return 1
  }
}

# One after the other, each healthy before the next.
roll() {
  for port in $(ports); do
    ctl restart "carrinho-api@$port.service" && become_healthy "$port" || return 1
  done
  ctl restart carrinho-daemon.service && become_healthy "$(status_port)" || return 1
  if has_caddy && ! doors_now | cmp -s - "$releases/doors"; then
    remember_doors && ctl restart carrinho-caddy.service
  fi
}

# What writes to the database.
halt() { ctl stop 'carrinho-api@*' carrinho-daemon.service carrinho-backup.timer carrinho-backup.service; }
# By name too: the target says that it has stopped before its services have.
stop() { ctl stop carrinho.target 'carrinho-*'; }

status() {
  say "Versão $(short "$(version_in_use)")"
  ctl list-units --all --no-pager 'carrinho*' || true
  cli estado
}

logs() {
  case "${1:-}" in
    '') journal --follow --lines=200 --unit='carrinho-*' ;;
    api) journal --follow --lines=200 --unit='carrinho-api@*' ;;
    *) journal --follow --lines=200 --unit="carrinho-$1" ;;
  esac
}

shell() { (cd "$current" && as_owner "${SHELL:-sh}"); }

# By psql's own variables: an address on its command line would show the password to everybody on the machine.
psql() {
  as_owner node --env-file="$root/.env" -e '
    const url = new URL(process.env.DATABASE_URL);
    const parts = { PGHOST: url.searchParams.get("host") ?? url.hostname, PGPORT: url.port, PGUSER: url.username, PGPASSWORD: url.password, PGDATABASE: url.pathname.slice(1) };
    for (const [name, part] of Object.entries(parts)) if (part) process.env[name] = decodeURIComponent(part);
    const { status, error } = require("node:child_process").spawnSync("psql", process.argv.slice(1), { stdio: "inherit" });
    if (error) console.error("Não há psql aqui: instale postgresql-client.");
    process.exit(status ?? 1);' -- "$@"
}

forget_others() {
  for old in "$releases"/*/; do
    case "$(basename "$old")" in "$1" | "$2" | current) ;; *) as_owner rm -rf "$old" ;; esac
  done
}
