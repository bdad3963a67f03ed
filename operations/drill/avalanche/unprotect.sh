# Takes this node's reservations and its eviction for want of memory away. They come back by restore.sh, by themselves
# after AT_MOST seconds, whatever becomes of whoever runs the drill, and when the host is restarted: all of it is in /run.
# Given by the caller: UNPROTECTED (the kubelet's configuration without them) RESTORE (text of restore.sh) AT_MOST
set -euo pipefail
taken=/run/drill-kubelet.yaml
systemctl stop drill-restore.timer 2>/dev/null || true
# From a file: systemd would fill in the variables of a command line itself.
printf '%s' "$RESTORE" >/run/drill-restore.sh
systemd-run --quiet --collect --unit=drill-restore --on-active="$AT_MOST" /bin/bash /run/drill-restore.sh
(umask 077 && printf '%s' "$UNPROTECTED" >"$taken")
other_kubelet 90-drill "$taken" "without its protection"
# A kubelet that enforces nothing leaves the limit that it has set before, on cgroups of either version and driver.
for limit in /sys/fs/cgroup{/kubepods.slice{,/kubepods-besteffort.slice},/kubepods{,/besteffort}}/memory.max; do
    [[ ! -e $limit ]] || echo max >"$limit"
done
for limit in /sys/fs/cgroup/memory{/kubepods.slice{,/kubepods-besteffort.slice},/kubepods{,/besteffort}}/memory.limit_in_bytes; do
    [[ ! -e $limit ]] || echo -1 >"$limit"
done
