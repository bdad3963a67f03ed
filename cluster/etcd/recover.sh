# Sends the backup of etcd that a new control plane begins with.
# Given by the caller: BACKUP (a name, or newest); what store-key.sh needs stands before it.

/usr/local/sbin/etcd-store first "$BACKUP"
