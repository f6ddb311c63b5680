# What `deploy/install` does to a Pi's boot partition; it is read by `install`.
# shellcheck shell=bash

boot_partition() {
  local boot=/boot/firmware
  [[ -f $boot/cmdline.txt ]] || boot=/boot
  if [[ ! -f $boot/cmdline.txt ]]; then
    lack "there is no cmdline.txt in /boot/firmware" "mount the boot partition there, then install again"
    return 0
  fi
  kernel_words "$boot/cmdline.txt"
  grep -qs '^# Rapfang' "$boot/config.txt" || act "add the watchdog to $boot/config.txt" rewrite "$boot/config.txt" \
    "$(cat "$boot/config.txt" 2>/dev/null)"$'\n\n[all]\n# Rapfang: the hardware watchdog; no rainbow before the glass.\ndtparam=watchdog=on\ndisable_splash=1'
}

# Without cgroup_enable= MemoryMax= says nothing; the rest keeps the kernel's words off the panel.
kernel_words() {
  local words=() word there
  there=" $(<"$1") "
  for word in cgroup_enable=memory consoleblank=0 quiet logo.nologo vt.global_cursor_default=0; do
    [[ $there == *" $word "* ]] || words+=("$word")
  done
  [[ ${#words[@]} -eq 0 ]] || act "add ${words[*]} to $1" rewrite "$1" "$(<"$1") ${words[*]}"
}
