# Takes this node's reservations and its eviction for want of memory away. They come back by restore.sh, or by
# themselves after AT_MOST seconds, whatever becomes of whoever runs the drill.
# Given by the caller: UNPROTECTED (the kubelet's configuration without them) RESTORE (text of restore.sh) AT_MOST
set -euo pipefail
config=/var/lib/kubelet/config.yaml
kept=$config.before-drill
[[ -e $kept ]] || cp --preserve "$config" "$kept"
systemctl stop drill-restore.timer 2>/dev/null || true
# From a file: systemd would fill in the variables of a command line itself.
printf '%s' "$RESTORE" >/run/drill-restore.sh
systemd-run --quiet --collect --unit=drill-restore --on-active="$AT_MOST" /bin/bash /run/drill-restore.sh
printf '%s' "$UNPROTECTED" >"$config.new"
chmod --reference="$kept" "$config.new"
mv "$config.new" "$config"
systemctl restart kubelet
for _ in {1..120}; do
    curl --silent --fail --max-time 1 http://127.0.0.1:10248/healthz >/dev/null && break
    sleep 0.5
done
# A kubelet that enforces nothing leaves the limit that it has set before, on cgroups of either version and driver.
for limit in /sys/fs/cgroup{/kubepods.slice,/kubepods}/memory.max; do
    [[ ! -e $limit ]] || echo max >"$limit"
done
for limit in /sys/fs/cgroup/memory{/kubepods.slice,/kubepods}/memory.limit_in_bytes; do
    [[ ! -e $limit ]] || echo -1 >"$limit"
done
