#!/bin/bash
# Ends every container and unmounts the data disks, so that they can be detached with nothing half-written on them.
set -uo pipefail
systemctl stop kubelet kafka docker.socket docker 2>/dev/null
for signal in SIGTERM SIGKILL; do
    ctr -n k8s.io tasks ls -q 2>/dev/null | while read -r task; do
        ctr -n k8s.io tasks kill -s $signal "$task" 2>/dev/null
    done
    # As long as a pod's own grace would be: databases close their files.
    for _ in {1..60}; do
        ctr -n k8s.io tasks ls 2>/dev/null | grep -q RUNNING || break
        sleep 1
    done
done
failed=0
for entry in /etc/test-cluster/disks/*; do
    [[ -e $entry ]] || continue
    place=/var/lib/data/${entry##*/}
    # The kubelet's bind mounts of the volume, innermost first, then the disk itself.
    device=$(findmnt -n -o SOURCE "$place") || continue
    findmnt -n -r -o TARGET -S "${device%%[*}" | sort -r | while read -r target; do
        umount "$target" 2>/dev/null
    done
    if mountpoint -q "$place"; then
        echo "$place is still in use" >&2
        failed=3
    fi
done
sync
exit $failed
