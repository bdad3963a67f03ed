# Makes room in etcd of this control plane: what was deleted and changed is forgotten, its pages are given back, and the
# alarm that it raised at its quota is taken back. Nothing that is there is deleted: do that before.
# Given by the caller: STACK KEY, which are not used

# Percent of the quota above which there is no room to speak of.
most=90

# What etcd says of itself: `told FIELD`.
told() { etcdctl --command-timeout=10s endpoint status --write-out json | jq -r ".[0].Status.$1 // 0"; }

# What there is most of, a line each: how many, and where.
fullest() {
    etcdctl --command-timeout=60s get /registry/ --prefix --keys-only | sed '/^$/d' | cut -d / -f 3-4 | sort | uniq -c |
        sort --numeric-sort --reverse | head -n 5
}

begin_etcd
step "etcd answers"
retry 30 etcdctl --command-timeout=5s get test-cluster/room || fail "etcd does not answer: systemctl status kubelet"
before=$(told dbSize)

step "what was deleted and changed is forgotten"
revision=$(told header.revision)
# It may have been forgotten already, up to here.
said=$(etcdctl --command-timeout=120s compact "$revision" --physical 2>&1) || [[ $said == *"has been compacted"* ]] ||
    fail "$said" "etcd could not be compacted; above is what etcdctl says"

step "its pages are given back"
etcdctl --command-timeout=300s defrag >&2

step "its alarm is taken back"
etcdctl --command-timeout=10s alarm disarm >&2

step "there is room"
size=$(told dbSize) quota=$(told dbSizeQuota)
if ((size * 100 > quota * most)) || ! said=$(etcdctl --command-timeout=10s put test-cluster/room now 2>&1); then
    fullest >&2 || true
    fail "etcd still has $size of the $quota bytes of its quota: above is what there is most of; delete some of it, then again"
fi
etcdctl --command-timeout=10s del test-cluster/room >/dev/null
echo "etcd had $before bytes, and has $size of the $quota of its quota"
