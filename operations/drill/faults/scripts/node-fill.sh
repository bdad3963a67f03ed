# Fills this node's system disk up to the threshold at which its kubelet evicts, for this a near one: where several hosts
# share one disk, as in a region, no more than a little of it is taken. Undone by node-free.sh, or by a restart but for the
# file.
set -euo pipefail
near=$((1024 ** 3))
read -r room < <(df --block-size=1 --output=avail /var/lib/kubelet | tail -n 1)
((room > 4 * near)) || { echo "/var/lib/kubelet has $room bytes left: too few for this drill" >&2 && exit 1; }
mkdir -p /run/systemd/system/kubelet.service.d
(
    umask 077
    awk -v threshold="\"$((room - near))\"" '/^[^ ]/ {hard = /^evictionHard:/}
        hard && /^ +nodefs\.available:/ {sub(/:.*/, ": " threshold)} {print}' /var/lib/kubelet/config.yaml >/run/drill-full.yaml
)
! cmp --quiet /var/lib/kubelet/config.yaml /run/drill-full.yaml ||
    { echo "the kubelet's configuration has no evictionHard of nodefs.available" >&2 && exit 1; }
# After kubeadm's own, which names the configuration likewise.
cat >/run/systemd/system/kubelet.service.d/90-drill-full.conf <<END
[Service]
Environment="KUBELET_CONFIG_ARGS=--config=/run/drill-full.yaml"
END
systemctl daemon-reload
systemctl restart kubelet
healthy() { curl --silent --fail --max-time 1 http://127.0.0.1:10248/healthz >/dev/null; }
for _ in {1..120}; do
    ! healthy || break
    sleep 0.5
done
healthy || { echo "the kubelet is not healthy with another threshold" >&2 && exit 1; }
fallocate --length $((2 * near)) /var/lib/kubelet/.drill-full
