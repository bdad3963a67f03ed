# Fills a disk by a file at its root, until no more than a share of it is free for others than root.
# Given by the caller: PLACE (where the disk is mounted) SHARE (percent of it that stay free)
set -euo pipefail
mountpoint --quiet "$PLACE" || { echo "$PLACE is no disk of its own" >&2 && exit 1; }
file=$PLACE/.drill-full
# Bytes that are free beside those that stay so.
room() {
    local size left
    read -r size left < <(df --block-size=1 --output=size,avail "$PLACE" | tail -n 1)
    echo $((left - size * SHARE / 100))
}
: >>"$file"
# Blocks are also needed to say where the file is, and others take some meanwhile.
for _ in {1..20}; do
    left=$(room)
    ((left > 0)) || exit 0
    fallocate --offset "$(stat --format %s "$file")" --length "$left" "$file" || true
done
echo "$PLACE has $(room) bytes left still" >&2
exit 1
