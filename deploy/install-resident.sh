# Whom an install would disturb: what a resident answered is in the glass's memory alone. It is read
# by `install`.
# shellcheck shell=bash disable=SC2154

runs_glass() { [[ $role == kiosk ]] && is_running && [[ $(systemctl is-active kiosk-ui.service) == active ]]; }

# As the release in force tells it; nothing, where it does not.
glass_use() {
  timeout 60 "$ROOT/current/bin/kiosk" top --once --json 2>/dev/null |
    python3 -I -c 'import json, sys; print(json.load(sys.stdin)["use"])' 2>/dev/null || true
}

insist_on_free() {  # insist_on_free [SECONDS]: wait that long for whoever is at it
  [[ ! $now && ! $dry ]] || return 0
  local use waited=0
  while runs_glass; do
    use=$(glass_use)
    if [[ $use == free || $use == no_glass ]]; then return 0; fi
    if [[ $waited -ge ${1:-0} ]]; then
      [[ $use != in_use ]] || refuse "a resident is at the glass; next: wait, then install again, or add --now"
      refuse "the glass does not say if it is used; next: kiosk doctor, or add --now"
    fi
    [[ $waited -gt 0 ]] || say "waiting until nobody is at the glass, half an hour at most"
    sleep 2
    waited=$((waited + 2))
  done
}

# What services run with; all else that an install changes disturbs nobody.
RENEWS=(units release settings read_only_root)

foresees_renewal() (
  dry=yes changes=0
  for step in "${RENEWS[@]}"; do "$step" >/dev/null; done
  [[ $changes -gt 0 || -f $join ]]
)

# Before anything is changed. The mark outlasts an install that is cut off, not a boot.
foresee() {
  if [[ $dry ]] || ! is_running || { [[ ! -e $RENEWING ]] && ! foresees_renewal; }; then return 0; fi
  insist_on_free
  touch "$RENEWING"
}
