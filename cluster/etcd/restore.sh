# Restores etcd of this control plane from a backup that `etcd-backup take` has taken in.
#   etcd-restore check NAME    opens it, restores it into a scratch folder, and says what it is; nothing else is touched
#   etcd-restore restore NAME  puts it in the place of what is there, or puts that back when it can't; says what proves it
# Given by the caller: STACK KEY

umask 077
verb=${1:-} name=${2:-}
data=/var/lib/etcd
sealed=/var/lib/test-cluster/etcd-restore/$name.sealed
before="" halted=""

stopped() {
    local pod
    for pod in "$@"; do
        container "$pod" >/dev/null && echo "$pod still runs" && return 1
    done
    return 0
}

# Moves manifests: `to FOLDER POD…`. The kubelet ends the pods of those that go, and starts those that come.
to() {
    local folder=$1 pod file
    shift
    for pod in "$@"; do
        for file in "$MANIFESTS/$pod.yaml" "$STOPPED/$pod.yaml"; do
            [[ ! -e $file || $file == "$folder/$pod.yaml" ]] || mv "$file" "$folder/"
        done
    done
}

stop_control_plane() {
    local clients=(kube-controller-manager kube-scheduler kube-apiserver) id
    halted=yes
    install -d -m 700 "$STOPPED"
    # It may be what was wrong.
    systemctl is-active --quiet kubelet || systemctl start kubelet
    # etcd goes last: an API server without it does not end when it is asked to, as where etcd is what is broken.
    to "$STOPPED" "${clients[@]}"
    if ! retry 10 stopped "${clients[@]}" 2>/dev/null && id=$(container kube-apiserver); then
        ctr -n k8s.io tasks kill --signal SIGKILL "$id" || true
    fi
    retry 120 stopped "${clients[@]}"
    to "$STOPPED" etcd
    retry 120 stopped etcd
}

healthy() { etcdctl --command-timeout=5s endpoint health; }

# Whatever fails between the two: what was there before comes back.
put_back() {
    step "what was there before is put back"
    stop_control_plane || echo "the control plane could not be stopped again" >&2
    if [[ -d $before ]]; then
        rm -rf "$data"
        mv "$before" "$data"
    fi
    to "$MANIFESTS" etcd kube-apiserver kube-controller-manager kube-scheduler
    rmdir "$STOPPED"
    if retry 120 healthy; then
        echo "nothing was restored: etcd is what it was before, and answers" >&2
    else
        echo "nothing was restored: etcd is what it was before, and does not answer; its data is in $data" >&2
    fi
}

finish() {
    local code=$?
    set +e
    if ((code != 0)); then
        printf 'FAILED on %s in step: %s (exit status %s)\n' "$(hostname)" "${current:-start}" "$code" >&2
        [[ ! $halted ]] || put_back
    fi
    end_etcd
    exit "$code"
}

# Of etcd's manifest: `flag NAME`.
flag() { sed -n "s/^ *- --$1=//p" "$STOPPED/etcd.yaml"; }

[[ -e $sealed ]] || fail "$name: it is not on $(hostname); npm run restore brings it"
begin_etcd
open_backup "$sealed"
revision=$(jq .revision "$WORK/state.json")
now=$(revision_now 2>/dev/null) || now=
case $verb in
check)
    echo "the backup ends at revision $revision, with $(jq .totalKey "$WORK/state.json") entries, of $(jq -r .kubernetes "$WORK/facts.json")"
    if [[ $now ]]; then echo "etcd is at revision $now"; else echo "etcd does not answer"; fi
    exit 0
    ;;
restore) ;;
*) fail "etcd-restore check NAME | restore NAME; not: $verb" ;;
esac

step "control plane stands still"
stop_control_plane
# Where it did not answer, its files may still say how far it had come; a restore that was broken off has moved them.
if [[ ! $now ]]; then
    now=0
    for file in "$data"{,.before-*}/member/snap/db; do
        reached=$(status_of "$file" 2>/dev/null | jq .revision) || continue
        ((reached <= now)) || now=$reached
    done
fi

step "snapshot becomes etcd's data"
before=$data.before-$(date -u +%Y%m%dT%H%M%SZ)
[[ ! -e $data ]] || mv "$data" "$before"
bump=$((1000000000 + (now > revision ? now - revision : 0)))
become "$data" "$bump" "$(flag name)" "$(flag initial-advertise-peer-urls)"

step "etcd is healthy"
to "$MANIFESTS" etcd
retry 120 healthy || fail "etcd is not healthy with the snapshot's data"
after=$(revision_now)
((after >= revision + bump)) || fail "etcd is at revision $after, not at $((revision + bump)) or after it"

step "API answers"
to "$MANIFESTS" kube-apiserver
retry 180 kubectl get --raw /readyz || fail "the API server is not ready with the snapshot's data"

step "controllers and scheduler"
to "$MANIFESTS" kube-controller-manager kube-scheduler
rmdir "$STOPPED"
retry 120 container kube-controller-manager
retry 120 container kube-scheduler
find "${data%/*}" -maxdepth 1 -name "${data##*/}.before-*" | sort -r | tail -n +3 | while IFS= read -r old; do
    rm -rf "$old"
done
echo "etcd: was at revision $now, the backup's is $revision, is at $after now"
echo "etcd: $(jq .totalKey "$WORK/state.json") entries in the backup; $([[ -d $before ]] && echo "the data of before is in $before" || echo "there was no data before")"
