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
mkdir -p /run/systemd/system/kubelet.service.d
# After kubeadm's own, which names the configuration likewise.
cat >/run/systemd/system/kubelet.service.d/90-drill.conf <<END
[Service]
Environment="KUBELET_CONFIG_ARGS=--config=$taken"
END
systemctl daemon-reload
systemctl restart kubelet
healthy() { curl --silent --fail --max-time 1 http://127.0.0.1:10248/healthz >/dev/null; }
for _ in {1..120}; do
    healthy && break
    sleep 0.5
done
healthy || { echo "the kubelet is not healthy without its protection" >&2 && exit 1; }
# A kubelet that enforces nothing leaves the limit that it has set before, on cgroups of either version and driver.
for limit in /sys/fs/cgroup{/kubepods.slice{,/kubepods-besteffort.slice},/kubepods{,/besteffort}}/memory.max; do
    [[ ! -e $limit ]] || echo max >"$limit"
done
for limit in /sys/fs/cgroup/memory{/kubepods.slice{,/kubepods-besteffort.slice},/kubepods{,/besteffort}}/memory.limit_in_bytes; do
    [[ ! -e $limit ]] || echo -1 >"$limit"
done
