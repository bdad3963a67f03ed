# Brings back the backup of etcd that a new control plane begins with, where the disk of backups lacks it.
# Given by the caller: BACKUP (a name, or newest) FOLDER (of etcd's backups); what settings.sh needs stands before it.

what=("$BACKUP")
[[ $BACKUP != newest ]] || what=(etcd 1)
if ! /usr/local/sbin/backup-copies pull "${what[@]}"; then
    compgen -G "$FOLDER/etcd-*.json" >/dev/null || fail "and there is no backup of etcd on the disk; above is why"
    echo "WARNING: the bucket could not be asked; what is on the disk is taken" >&2
fi
