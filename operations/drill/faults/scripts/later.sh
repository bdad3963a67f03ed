# Has this host put back by itself what a drill breaks on it, after AT_MOST seconds, whatever becomes of the drill.
# Given by the caller: UNIT (a name for it) TEXT (a script) AT_MOST
set -euo pipefail
systemctl stop "$UNIT.timer" 2>/dev/null || true
# From a file: systemd would fill in the variables of a command line itself.
printf '%s' "$TEXT" >"/run/$UNIT.sh"
systemd-run --quiet --collect --unit="$UNIT" --on-active="$AT_MOST" --setenv=KUBECONFIG=/etc/kubernetes/admin.conf \
    /bin/bash "/run/$UNIT.sh"
