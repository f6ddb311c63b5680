# Who may log in over SSH; it is read by `install`.
# shellcheck shell=bash

# Passwords end once a key can get in, and not before: nobody is to be locked out.
keys_only() {
  local drop_in=ssh/sshd_config.d/10-rapfang.conf
  [[ -z $ssh_key ]] || put_key "$ssh_key"
  if [[ -f /etc/$drop_in ]] || has_key; then
    put "$(part etc)/$drop_in" "/etc/$drop_in"
  else
    lack "no key may log in over SSH, so passwords still may" "ssh-copy-id to this box, then install again"
  fi
}

has_key() {
  local home
  while IFS=: read -r _ _ _ _ _ home _; do
    [[ ! -s $home/.ssh/authorized_keys ]] || return 0
  done </etc/passwd
  grep -qsE '^TrustedUserCAKeys' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf
}

put_key() {
  local user=${SUDO_USER:-root} home
  home=$(getent passwd "$user" | cut -d: -f6)
  [[ -s $home/.ssh/authorized_keys ]] || act "let the keys in $1 log in as $user" add_keys "$1" "$user" "$home/.ssh"
}

add_keys() {
  install -d -m 700 -o "$2" -g "$(id -g "$2")" "$3"
  renamed "$1" "$3/authorized_keys" 600
  chown "$2:" "$3/authorized_keys"
}
