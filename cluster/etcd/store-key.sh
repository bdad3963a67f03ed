# Lets this host fetch backups of etcd, and send them back.
# Given by the caller: CONTROL_PLANE CONTROL_PLANE_KEY, and the program; on standard input the private key that backups may
# be fetched with.

own=/etc/test-cluster/etcd-store
step "backups of etcd are kept"
chmod 755 /usr/local/sbin/etcd-store
install -d -m 700 "$own"
(umask 077 && cat >"$own/key")
printf '%s %s\n' "$CONTROL_PLANE" "$CONTROL_PLANE_KEY" >"$own/known_hosts"
