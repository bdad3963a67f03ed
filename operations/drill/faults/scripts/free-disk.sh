# Removes the file by which fill-disk.sh has filled a disk.
# Given by the caller: PLACE
set -euo pipefail
rm -f "$PLACE/.drill-full"
