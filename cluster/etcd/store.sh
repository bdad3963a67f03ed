# Backups of etcd, on the host that keeps them.
#   etcd-store fetch WHY  has the control plane make one, and keeps it; prints its name
#   etcd-store give NAME  sends one to the control plane, to be restored there
#   etcd-store first NAME sends one, or the newest whole one, to a host that is yet to be the control plane, to begin with
# Given by the caller: STACK FOLDER KEEP_HOURS KEEP_DAYS CONTROL_PLANE (its address)

umask 077
own=/etc/test-cluster/etcd-store
control_plane() {
    ssh -i "$own/key" -o UserKnownHostsFile="$own/known_hosts" -o StrictHostKeyChecking=yes -o BatchMode=yes \
        -o IdentitiesOnly=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o LogLevel=ERROR "root@$CONTROL_PLANE" "$@"
}

verb=${1:-} argument=${2:-}
step "disk of backups"
mountpoint -q "${FOLDER%/*}" || fail "the disk of backups is not mounted on ${FOLDER%/*}: systemctl start mount-data-disks"
exec 9>/run/etcd-store.lock
flock -w 300 9 || fail "another backup of etcd has been under way for 5 minutes: systemctl status etcd-backup"
case $verb in
fetch)
    part=$FOLDER/.part
    cleanup+=("$part" "$part.told")
    step "backup from $CONTROL_PLANE"
    control_plane snapshot | {
        IFS= read -r told || true
        cat >"$part"
        printf '%s\n' "$told" >"$part.told"
    } || fail "the control plane gave no backup; above is what it said"
    read -r sum seconds verified <"$part.told"
    [[ $(sha256sum <"$part") == "$sum  -" ]] || fail "the backup was damaged on its way, and is not kept"
    step "backup is kept"
    name=$(keep_backup etcd "$part" "$argument" "$seconds" "$verified")
    forget_backups etcd >&2
    printf '%s\n' "$name"
    ;;
give)
    step "backup $argument to $CONTROL_PLANE"
    check_backup "$argument"
    control_plane "take $argument $(told "$argument" sha256)" <"$FOLDER/$argument.sealed"
    ;;
first)
    step "backup that $CONTROL_PLANE begins with"
    [[ $argument != newest ]] || argument=$(newest_good etcd)
    check_backup "$argument"
    control_plane "first $argument $(told "$argument" sha256)" <"$FOLDER/$argument.sealed"
    echo "$argument, of $(told "$argument" at)"
    ;;
*)
    fail "etcd-store fetch WHY | give NAME | first NAME; not: $verb"
    ;;
esac
