# Fills the disk that a volume is on by a file beside it, until nobody but root has a byte left there.
# Given by the caller: VOLUME (folder of the volume on this host)
set -euo pipefail
place=$(findmnt --noheadings --output TARGET --target "$VOLUME")
[[ $place == /var/lib/data/* ]] || { echo "$VOLUME is on $place, which is no data disk" >&2 && exit 1; }
file=$place/.drill-full
free() { df --block-size=1 --output=avail "$place" | tail -n 1; }
: >>"$file"
# Blocks are also needed to say where the file is, and MySQL takes some meanwhile.
for _ in {1..20}; do
    left=$(free)
    ((left > 0)) || exit 0
    fallocate --offset "$(stat --format %s "$file")" --length "$((left))" "$file" || true
done
echo "$place has $(free) bytes left still" >&2
exit 1
