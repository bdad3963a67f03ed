# Has this host copy backups to a bucket, by a timer, and does so at once.
# Given by the caller: nothing; what settings.sh needs stands before it.

by_timer backup-copies "copies of backups" "backups can't be copied to the bucket"
