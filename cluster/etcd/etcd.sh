# etcd of this control plane, by its own tools out of its own image, and what a backup of it is: a sealed archive of a
# snapshot, the cluster's authorities and keys, and facts.json, which says what they are. Sourced after backups.sh.

# Else what fails in $(…) is not seen.
shopt -s inherit_errexit
WORK=/var/lib/test-cluster/etcd-work
# Another each time: containerd forgets only later that something was mounted at a place.
TOOLS=/run/etcd-tools.$$
PKI=/etc/kubernetes/pki
MANIFESTS=/etc/kubernetes/manifests
# Where the control plane's manifests are while it stands still: not below the former, where the kubelet reads all.
STOPPED=/etc/kubernetes/manifests-stopped

# From here to the end nobody else works on etcd; there is a folder that only root reads, and etcd's tools. They are run
# out of the mounted image, that of the control plane or the one given: that works also while no container does.
begin_etcd() {
    local manifest=$MANIFESTS/etcd.yaml image=${1:-}
    exec 9>/run/etcd-work.lock
    flock -w 300 9 || fail "another backup or restore of etcd has been at work for 5 minutes: systemctl status etcd-restore"
    begun=yes
    rm -rf "$WORK"
    # What killed runs have left.
    unmount_tools
    install -d -m 700 "$WORK" "$TOOLS"
    [[ -e $manifest ]] || manifest=$STOPPED/etcd.yaml
    if [[ ! $image && ! -e $manifest ]]; then
        echo "there is no etcd on $(hostname): neither $MANIFESTS nor $STOPPED has an etcd.yaml" >&2
        exit 3
    fi
    ctr -n k8s.io images mount "${image:-$(sed -n 's/^ *image: //p' "$manifest")}" "$TOOLS" >/dev/null
}

end_etcd() {
    [[ ${begun:-} ]] || return 0
    rm -rf "$WORK"
    unmount_tools
}

unmount_tools() {
    local tools
    for tools in /run/etcd-tools.*; do
        [[ -d $tools ]] || continue
        ctr -n k8s.io images unmount --rm "$tools" >/dev/null 2>&1 || true
        rmdir "$tools" || true
    done
}

# In the place of the steps' own, which is called at the end whatever it is.
finish() {
    local code=$?
    end_etcd
    # 3: what was asked for can't be had now, which the caller judges.
    ((code == 0 || code == 3)) || printf 'FAILED on %s in step: %s (exit status %s)\n' "$(hostname)" "${current:-start}" "$code" >&2
}

etcdctl() {
    "$TOOLS/usr/local/bin/etcdctl" --endpoints https://127.0.0.1:2379 --cacert "$PKI/etcd/ca.crt" \
        --cert "$PKI/etcd/healthcheck-client.crt" --key "$PKI/etcd/healthcheck-client.key" "$@"
}

etcdutl() { "$TOOLS/usr/local/bin/etcdutl" "$@"; }

# What it wrote last; fails where etcd does not answer, at once where nothing listens, which etcdctl would wait for.
revision_now() {
    [[ $(ss --no-header --listening --tcp --numeric 'sport = :2379') ]] || return
    etcdctl --command-timeout=10s endpoint status --write-out json | jq -e '.[0].Status.header.revision'
}

# Of a file of etcd's, in JSON: hash, revision, totalKey. Checks every page of it. One that etcd still holds is not waited for.
status_of() { timeout 60 "$TOOLS/usr/local/bin/etcdutl" snapshot status "$1" --write-out json; }

# By which the cluster's authority is known: of its public key.
authority() { openssl x509 -in "$PKI/ca.crt" -pubkey -noout | openssl pkey -pubin -outform der | sha256sum | cut -c -12; }

# By which the key that Secrets are encrypted with is known.
encryption() { sha256sum /etc/kubernetes/encryption/config.yaml | cut -c -12; }

# A snapshot is one only when its hash is right and it can be restored: `try_snapshot FILE`. Prints its state in JSON.
try_snapshot() {
    etcdutl snapshot restore "$1" --data-dir "$WORK/scratch" >"$WORK/log" 2>&1 ||
        fail "$(tail -n 3 "$WORK/log")" "the snapshot can't be restored; above is what etcdutl says"
    status_of "$WORK/scratch/member/snap/db" || fail "the snapshot was restored, and can't be read"
    rm -rf "$WORK/scratch"
}

# Makes a verified backup, $WORK/sealed, and says in $WORK/verified how it was verified.
make_backup() {
    local before state revision uid
    step "snapshot of etcd"
    before=$(revision_now 2>/dev/null) || fail "etcd does not answer: no backup of it can be made now"
    etcdctl --command-timeout=120s snapshot save "$WORK/db" >"$WORK/log" 2>&1 ||
        fail "$(tail -n 3 "$WORK/log")" "etcd gave no snapshot; above is what etcdctl says"
    step "the snapshot can be restored"
    state=$(try_snapshot "$WORK/db")
    revision=$(jq .revision <<<"$state")
    ((revision >= before)) || fail "the snapshot ends at revision $revision, and etcd had come to $before before"
    step "it is sealed"
    uid=$(kubectl --request-timeout=5s get namespace kube-system -o jsonpath='{.metadata.uid}' 2>/dev/null) || uid=unknown
    jq --compact-output --arg stack "$STACK" --arg ca "$(authority)" --arg encryption "$(encryption)" --arg uid "$uid" \
        --arg kubernetes "$(kubelet --version)" --arg image "$(sed -n 's/^ *image: //p' "$MANIFESTS/etcd.yaml")" \
        '{stack: $stack, ca: $ca, encryption: $encryption, uid: $uid, kubernetes: $kubernetes, etcd: $image,
          revision, entries: .totalKey, hash}' <<<"$state" >"$WORK/facts.json"
    tar -cz -C "$WORK" db facts.json -C /etc/kubernetes pki/ca.crt pki/ca.key pki/sa.pub pki/sa.key pki/front-proxy-ca.crt \
        pki/front-proxy-ca.key pki/etcd/ca.crt pki/etcd/ca.key encryption/config.yaml | seal >"$WORK/sealed"
    unseal <"$WORK/sealed" | tar -xz -O db | cmp - "$WORK/db" || fail "the sealed backup can't be opened again"
    printf 'restored into a scratch folder: revision %s, %s entries; authority %s\n' \
        "$revision" "$(jq .totalKey <<<"$state")" "$(authority)" >"$WORK/verified"
}

# Opens a sealed backup into $WORK, and says what speaks against restoring it here: `open_backup FILE`. A host that is no
# control plane yet has no authority that it would have to be of.
open_backup() {
    local theirs ours
    step "the backup can be opened"
    unseal <"$1" 2>/dev/null | tar -xz -C "$WORK" 2>/dev/null ||
        fail "the backup can't be opened: it is damaged, or sealed with another key than that of stack $STACK"
    step "the backup is of this cluster"
    theirs=$(jq -r .stack "$WORK/facts.json")
    [[ $theirs == "$STACK" ]] || fail "the backup is of stack $theirs, and this is stack $STACK"
    theirs=$(jq -r .ca "$WORK/facts.json") ours=$theirs
    [[ ! -e /etc/kubernetes/admin.conf ]] || ours=$(authority)
    [[ $theirs == "$ours" ]] ||
        fail "the backup is of another cluster: its authority is $theirs, here it is $ours, and nothing trusts the other"
    theirs=$(jq -r .encryption "$WORK/facts.json")
    [[ $theirs == "$(encryption)" ]] || fail "the backup's Secrets are encrypted with another key than this API server has"
    step "the snapshot can be restored"
    try_snapshot "$WORK/db" >"$WORK/state.json"
}

# Makes the opened backup the data of etcd's one member: `become FOLDER BUMP NAME URL-OF-PEERS`. No revision that anybody has
# seen comes a second time, as BUMP are skipped, and whoever watches from one of them has to list anew.
become() {
    etcdutl snapshot restore "$WORK/db" --data-dir "$1" --bump-revision "$2" --mark-compacted --name "$3" \
        --initial-cluster "$3=$4" --initial-advertise-peer-urls "$4" >"$WORK/log" 2>&1 ||
        fail "$(tail -n 3 "$WORK/log")" "etcdutl could not restore the snapshot; above is what it says"
}
