# A root that nothing writes to, for `install --read-only-root`; it is read by `install`.
# shellcheck shell=bash

DATA=/data
KEPT=(opt/rapfang etc/kiosk etc/ssh var/lib/kiosk var/lib/rapfang var/lib/systemd/timesync var/lib/systemd/timers var/log/journal)
STORE=var/lib/kiosk/store.db
OVERLAY=/etc/overlayroot.local.conf
SYSTEM=''  # where it lies, for who tries these steps elsewhere

# Before anything is changed: an install in the layer in memory would be gone at the next boot.
check_root() {
  ! mountpoint -q /media/root-ro || refuse "the root of this box is read-only; next: sudo overlayroot-chroot sh -c" \
    "'echo overlayroot=disabled >$OVERLAY', reboot, then install --read-only-root again"
  [[ $read_only ]] || return 0
  [[ $role == kiosk ]] || refuse "--read-only-root is for a kiosk, central's database needs its disk; next: the same without it"
  mountpoint -q "$DATA" || [[ -e /dev/disk/by-label/rapfang-data ]] ||
    refuse "there is no data partition; next: mkfs.ext4 -L rapfang-data /dev/PARTITION"
}

read_only_root() {
  if [[ ! $read_only ]]; then
    ! grep -qs disabled "$OVERLAY" || lack "the root can be written to" "install --read-only-root"
    return 0
  fi
  mount_of "LABEL=rapfang-data $DATA ext4 noatime,nofail,x-systemd.device-timeout=30s 0 2"
  mountpoint -q "$DATA" || act "mount the data partition" mount "$DATA"
  if is_running && [[ $(all_mounted) != yes ]]; then
    insist_on_free "$LEAVE_S"
    act "stop the kiosk" systemctl stop kiosk.target kiosk-ui kiosk-print kiosk-sync
  fi
  local place adopting=''
  is_from_before && adopting=yes
  for place in "${KEPT[@]}"; do keep "$place"; done
  put_tree "$(part read-only)/etc" /etc
  for place in data upgrade; do put "$(part read-only)/usr/local/lib/rapfang/$place" "/usr/local/lib/rapfang/$place" 755; done
  [[ $(systemctl is-enabled rapfang-data.service 2>/dev/null) == enabled ]] ||
    act "enable rapfang-data.service" systemctl --quiet enable rapfang-data.service
  mountpoint -q /media/root-ro || say "the root is read-only after the next boot"
}

all_mounted() {
  local place
  for place in "${KEPT[@]}"; do mountpoint -q "/$place" || return 0; done
  echo yes
}

# A new card beside an old data partition: what was kept there is what counts, but for releases.
is_from_before() { [[ -e $DATA/$STORE && ! -e $SYSTEM/$STORE ]]; }

# What is here goes along, and counts until the line says otherwise: an install that is cut off
# between the two brings it again, for a case may have been taken meanwhile.
keep() {
  local line="$DATA/$1 /$1 none bind,nofail,$(befores "$1") 0 0"
  if ! grep -qsxF "$line" "$SYSTEM/etc/fstab" && ! mountpoint -q "$SYSTEM/$1"; then
    [[ $adopting && $1 != opt/rapfang && -d $DATA/$1 ]] || act "bring /$1 to the data partition" bring "$1"
  fi
  mount_of "$line"
  mountpoint -q "$SYSTEM/$1" || ! is_running || act "mount /$1" mount "/$1"
}

befores() {
  local befores=x-systemd.before=rapfang-data.service,x-systemd.before=ssh.service
  [[ $1 != var/lib/rapfang ]] || befores+=,x-systemd.before=nftables.service
  echo "$befores"
}

bring() {
  mkdir -p "$DATA/$(dirname "$1")" "$SYSTEM/$1"
  rm -rf "${DATA:?}/$1.new"
  cp -a "$SYSTEM/$1" "$DATA/$1.new"
  sync -f "$DATA"
  [[ ! -e $DATA/$1 ]] || mv "$DATA/$1" "$DATA/$1.aside-$(date +%s%N)"
  mv "$DATA/$1.new" "$DATA/$1"
  sync -f "$DATA"
}

mount_of() {  # a line of /etc/fstab
  local fstab=$SYSTEM/etc/fstab
  grep -qsxF "$1" "$fstab" || act "mount ${1%% *} from now on" rewrite "$fstab" "$(cat "$fstab" 2>/dev/null)"$'\n'"$1"
}
