# Gives etcd another quota, with which it starts again, and waits until the API answers.
# Given by the caller: QUOTA (small: little more than what it has; usual: what it was before)
set -euo pipefail
manifest=/etc/kubernetes/manifests/etcd.yaml
usual=/var/lib/test-cluster/etcd-quota.drill
told() { # METRIC
    curl --silent --fail --max-time 5 http://127.0.0.1:2381/metrics | awk -v metric="$1" '$1 == metric {printf "%.0f", $2}'
}
answers() { [[ $(told etcd_server_quota_backend_bytes) == "$bytes" ]] && kubectl --request-timeout=5s get --raw /readyz; }

case $QUOTA in
small)
    # All that is written is in the memory of etcd and of the API server, too: so little that the master can have it.
    size=$(told etcd_mvcc_db_total_size_in_bytes)
    ((size < 256 << 20)) || { echo "etcd has $size bytes: too many for this drill; etcd-room may make them fewer" >&2 && exit 1; }
    [[ -e $usual ]] || sed -n 's/^ *- --quota-backend-bytes=//p' "$manifest" >"$usual"
    bytes=$((size * 5 / 4 + (64 << 20)))
    ;;
usual)
    [[ -e $usual ]] || exit 0
    bytes=$(<"$usual")
    ;;
esac
# Not beside the manifest, where the kubelet would take it for another one.
sed "s/--quota-backend-bytes=.*/--quota-backend-bytes=$bytes/" "$manifest" >/etc/kubernetes/.etcd.drill
chmod 600 /etc/kubernetes/.etcd.drill
mv /etc/kubernetes/.etcd.drill "$manifest"
for _ in {1..150}; do
    if answers >/dev/null 2>&1; then
        [[ $QUOTA != usual ]] || rm -f "$usual"
        exit 0
    fi
    sleep 1
done
echo "etcd has not come back with a quota of $bytes bytes: journalctl -u kubelet" >&2
exit 1
