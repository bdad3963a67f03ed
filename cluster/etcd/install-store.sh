# Keeps backups of etcd on this host's disk of backups, by a timer, and makes one at once.
# Given by the caller: CONTROL_PLANE CONTROL_PLANE_KEY, the program and its units; on standard input the private key that
# backups may be fetched with.

own=/etc/test-cluster/etcd-store
step "backups of etcd are kept"
chmod 755 /usr/local/sbin/etcd-store
install -d -m 700 "$own"
(umask 077 && cat >"$own/key")
printf '%s %s\n' "$CONTROL_PLANE" "$CONTROL_PLANE_KEY" >"$own/known_hosts"
by_timer etcd-backup "backup of etcd" "no backup of etcd could be made"
