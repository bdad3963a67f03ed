# Fills this node's system disk up to the threshold at which its kubelet evicts, for this a near one: where several hosts
# share one disk, as in a region, no more than a little of it is taken. Undone by node-free.sh, or by a restart but for the
# file.
set -euo pipefail
near=$((1024 ** 3))
read -r room < <(df --block-size=1 --output=avail /var/lib/kubelet | tail -n 1)
((room > 4 * near)) || { echo "/var/lib/kubelet has $room bytes left: too few for this drill" >&2 && exit 1; }
taken=/run/drill-full.yaml
(
    umask 077
    awk -v threshold="\"$((room - near))\"" '/^[^ ]/ {hard = /^evictionHard:/}
        hard && /^ +nodefs\.available:/ {sub(/:.*/, ": " threshold)} {print}' /var/lib/kubelet/config.yaml >"$taken"
)
! cmp --quiet /var/lib/kubelet/config.yaml "$taken" ||
    { echo "the kubelet's configuration has no evictionHard of nodefs.available" >&2 && exit 1; }
other_kubelet 90-drill-full "$taken" "with another threshold"
fallocate --length $((2 * near)) /var/lib/kubelet/.drill-full
