# Who may log in over SSH; it is read by `install`.
# shellcheck shell=bash disable=SC2154

PASSWD=/etc/passwd SUDOERS=/etc/sudoers.d

# Before anything is changed: a private key, or a note, that is given as a public one.
check_ssh_key() {
  [[ -n $ssh_key ]] && command -v ssh-keygen >/dev/null || return 0
  local line
  while read -r line || [[ -n $line ]]; do
    if lets_in "${line%$'\r'}"; then return 0; fi
  done <"$ssh_key"
  refuse "$ssh_key holds no public key that gives a shell; next: ssh-keygen -lf $ssh_key"
}

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

# Whether whoever holds the key of this line gets a shell: a cloud's image lets its root's key
# run nothing but a word of advice.
lets_in() { [[ $1 != \#* && $1 != *command=* ]] && ssh-keygen -lf - <<<"$1" >/dev/null 2>&1; }

has_key() {
  local home shell line
  while IFS=: read -r _ _ _ _ _ home shell; do
    [[ -f $home/.ssh/authorized_keys && ${shell##*/} != nologin && ${shell##*/} != false ]] || continue
    while read -r line || [[ -n $line ]]; do
      if lets_in "$line"; then return 0; fi
    done <"$home/.ssh/authorized_keys"
  done <"$PASSWD"
  grep -qsE '^TrustedUserCAKeys' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf
}

put_key() {
  local user=${ssh_user:-${SUDO_USER:-root}} home fresh
  id -u "$user" >/dev/null 2>&1 || act "make the user $user, with sudo" make_user "$user"
  home=$(getent passwd "$user" | cut -d: -f6)
  fresh=$(mktemp)
  keys_lacking "$1" "$home/.ssh/authorized_keys" >"$fresh"
  [[ ! -s $fresh ]] || act "let the keys in $1 log in as $user" add_keys "$fresh" "$user" "$home/.ssh"
  rm -f "$fresh"
}

# It has no password that sudo could ask for, so that comes first: whoever logs in can do it.
make_user() {
  rewrite "$SUDOERS/rapfang-$1" "$1 ALL=(ALL:ALL) NOPASSWD: ALL" 440
  useradd --create-home --shell /bin/bash "$1"
}

# keys_lacking FILE THERE: what of FILE would not let in. Of a key that stands there twice
# sshd obeys the first line.
keys_lacking() {
  local line first
  while read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    lets_in "$line" || continue
    first=$(grep -sm1 -F -- "$(grep -oE '\bAAAA[0-9A-Za-z+/]+=*' <<<"$line")" "$2" || true)
    [[ -n $first ]] && lets_in "$first" || echo "$line"
  done <"$1"
}

add_keys() {  # before those that are there
  install -d -m 700 -o "$2" -g "$(id -g "$2")" "$3"
  [[ ! -f $3/authorized_keys ]] || cat "$3/authorized_keys" >>"$1"
  renamed "$1" "$3/authorized_keys" 600
  chown "$2:" "$3/authorized_keys"
}
