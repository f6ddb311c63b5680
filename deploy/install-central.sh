# What `deploy/install --central` does beyond what a kiosk needs too; it is read by `install`.
# shellcheck shell=bash disable=SC2154

central_settings() {
  put_missing "$(part profiles)/tha-kasem/profile.toml" /etc/central/profile.toml
  [[ -d /var/lib/central ]] || act "make central's folder" install -d -m 700 -o central -g central /var/lib/central
  if [[ -n $name && ! -e /etc/central/central.env ]]; then
    act "write /etc/central/central.env" rewrite /etc/central/central.env "$(central_env)"
  fi
  [[ -z $postgresql ]] || database
  web_server
}

central_env() {
  echo "# See sync/central/README.md for what there is."
  echo "CENTRAL_PUBLIC_URL=https://$name"
  [[ -z $postgresql ]] || echo "CENTRAL_DATABASE=/run/postgresql"
}

# The operating system's user vouches: no password.
database() {
  [[ -z $dry ]] || return 0
  if ! in_postgresql "SELECT 1 FROM pg_roles WHERE rolname = 'central'"; then
    act "make central's role in PostgreSQL" runuser -u postgres -- createuser central
  fi
  if ! in_postgresql "SELECT 1 FROM pg_database WHERE datname = 'central'"; then
    act "make central's database" runuser -u postgres -- createdb --owner central --encoding UTF8 --template template0 central
  fi
}

in_postgresql() { [[ $(runuser -u postgres -- psql --no-psqlrc -tAc "$1") == 1 ]]; }

# The site is switched on once its certificate is there: nginx does not start without.
web_server() {
  local host fresh site=/etc/nginx/sites-available/central
  host=$(sed -n 's|^CENTRAL_PUBLIC_URL=https://||p' /etc/central/central.env 2>/dev/null || true)
  [[ -n $host ]] || return 0
  fresh=$(mktemp)
  sed "s/{{ central_host }}/$host/g" "$(part nginx)/central.conf.j2" >"$fresh"
  put "$fresh" "$site"
  rm -f "$fresh"
  if [[ ! -f /etc/nginx/central.crt || ! -f /etc/nginx/central.key ]]; then
    lack "central has no certificate for $host" "write it to /etc/nginx/central.crt and its key to /etc/nginx/central.key, then install again"
    return 0
  fi
  [[ -e /etc/nginx/sites-enabled/central ]] || act "switch the site on" ln -s ../sites-available/central /etc/nginx/sites-enabled/central
  [[ ! -e /etc/nginx/sites-enabled/default ]] || act "switch Debian's own page off" rm /etc/nginx/sites-enabled/default
}

report_central() {
  [[ -f /etc/central/central.env ]] || lack "central does not know its host name" "install again with --central --name HOST"
  [[ -f /var/lib/central/keys/keyring.json ]] ||
    lack "central has neither keys nor database" "sudo central migrate (it tells a password and the recovery key, once), then: systemctl start central.target"
}
