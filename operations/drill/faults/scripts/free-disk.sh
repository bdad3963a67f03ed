# Removes the file by which fill-disk.sh has filled a disk.
# Given by the caller: VOLUME (folder of the volume on this host)
set -euo pipefail
rm -f "$(findmnt --noheadings --output TARGET --target "$VOLUME")/.drill-full"
