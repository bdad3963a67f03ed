#!/bin/bash
# Mounts every registered data disk, before anything that could write where it belongs.
set -euo pipefail
# Disks of one host come at the same time, each by its own step.
exec 9>/run/mount-data-disks.lock
flock 9
failed=0
for entry in /etc/test-cluster/disks/*; do
    [[ -e $entry ]] || continue
    device=/dev/disk/by-id/virtio-$(<"$entry")
    place=/var/lib/data/${entry##*/}
    mountpoint -q "$place" && continue
    for _ in {1..60}; do
        [[ -b $device ]] && break
        sleep 1
    done
    mkdir -p "$place"
    mount -o noatime "$device" "$place" || failed=1
done
exit $failed
