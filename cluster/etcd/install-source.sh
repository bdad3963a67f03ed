# Lets this control plane's etcd be backed up, be restored, and be given room.
# Given by the caller: KEY (where the key is kept), and the programs; on standard input the key that backups are sealed
# with, and the public key that the host with the backups' disk may fetch them with.

IFS= read -r key
IFS= read -r public
step "etcd can be backed up"
chmod 755 /usr/local/sbin/etcd-backup /usr/local/sbin/etcd-restore /usr/local/sbin/etcd-first /usr/local/sbin/etcd-room
umask 077
printf '%s\n' "$key" >"$KEY"
install -d -m 700 /root/.ssh
sed -i '/ test-cluster-backup$/d' /root/.ssh/authorized_keys
printf 'command="/usr/local/sbin/etcd-backup",restrict %s test-cluster-backup\n' "$public" >>/root/.ssh/authorized_keys
