# Removes what a restore has kept of the data that a drill has damaged.
# Given by the caller: DATA (etcd's folder)
set -euo pipefail
for folder in "$DATA".before-*; do
    [[ ! -e $folder/member/snap/db.drill-away ]] || rm -rf "$folder"
done
