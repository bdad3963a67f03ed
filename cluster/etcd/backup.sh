# Backups of this control plane's etcd, on it. The host that keeps them may run this over SSH, and nothing else.
#   etcd-backup snapshot          a verified backup on standard output, after a line: its SHA-256, seconds, how verified
#   etcd-backup take NAME SHA256  takes the backup on standard input, to be restored
#   etcd-backup first NAME SHA256 takes it for a control plane that is yet to be made, which begins with it
#   etcd-backup before-up         keeps one on this host, of the last three; exit status 3: etcd does not answer
# Given by the caller: STACK KEY

umask 077
read -r verb name sum <<<"${SSH_ORIGINAL_COMMAND:-$*}"
case $verb in
snapshot)
    began=$SECONDS
    begin_etcd
    make_backup
    sum=$(sha256sum "$WORK/sealed")
    printf '%s %s %s\n' "${sum%% *}" "$((SECONDS - began))" "$(<"$WORK/verified")"
    cat "$WORK/sealed"
    ;;
take | first)
    step "backup to be restored"
    [[ $name =~ ^etcd-[0-9]{8}T[0-9]{6}Z$ ]] || fail "$name: that is no name of a backup of etcd"
    folder=/var/lib/test-cluster/etcd-restore
    if [[ $verb == first ]]; then
        folder=/var/lib/test-cluster/etcd-first
        if [[ -e /etc/kubernetes/admin.conf ]]; then
            echo "$(hostname) is a control plane already and keeps its etcd; that one is restored by: npm run restore -- etcd" >&2
            exit 0
        fi
    fi
    install -d -m 700 "$folder"
    # One is enough, and where they are kept they all are.
    rm -f "$folder"/*.sealed "$folder"/*.part
    cat >"$folder/$name.part"
    if [[ $(sha256sum <"$folder/$name.part") != "$sum  -" ]]; then
        rm -f "$folder/$name.part"
        fail "$name: it was damaged on its way"
    fi
    mv "$folder/$name.part" "$folder/$name.sealed"
    ;;
before-up)
    began=$SECONDS
    begin_etcd
    if ! revision_now >/dev/null 2>&1; then
        echo "etcd does not answer: no backup of it can be made now" >&2
        exit 3
    fi
    make_backup
    FOLDER=/var/lib/test-cluster/etcd-before-up
    install -d -m 700 "$FOLDER"
    mv "$WORK/sealed" "$FOLDER/.part"
    name=$(keep_backup etcd "$FOLDER/.part" "before up" "$((SECONDS - began))" "$(<"$WORK/verified")")
    echo "kept $FOLDER/$name.sealed" >&2
    for old in $(backups_of etcd | tail -n +4); do
        rm -f "$FOLDER/$old.json" "$FOLDER/$old.sealed"
    done
    ;;
*)
    fail "etcd-backup snapshot | take NAME SHA256 | first NAME SHA256 | before-up; not: $verb"
    ;;
esac
