# Has this host's disk of backups take in those of etcd, by a timer, and makes one at once.
# Given by the caller: nothing; what store-key.sh needs stands before it.

by_timer etcd-backup "backup of etcd" "no backup of etcd could be made"
