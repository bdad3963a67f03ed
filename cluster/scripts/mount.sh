# Brings a data disk into use: formatted once, mounted by identity, and again at every boot.
# Given by the caller: DISK (its name) SERIAL (the cloud's serial number of it) FOLDERS (its volumes)

device=/dev/disk/by-id/virtio-$SERIAL
place=/var/lib/data/$DISK

step "disk $DISK is there"
retry 120 test -b "$device" || fail "disk $DISK ($device) has not shown up; is it attached to this instance in the cloud's console?"

step "filesystem on $DISK"
if type=$(blkid -p -s TYPE -o value "$device"); then
    [[ $type == ext4 ]] || fail "disk $DISK carries $type, not ext4: nothing was changed; look at $device by hand"
elif cmp -s -n 67108864 "$device" /dev/zero; then
    mkfs.ext4 -q -L "$(head -c 16 <<<"$DISK" | tr -d '\n')" "$device"
else
    fail "disk $DISK has no filesystem but is not empty: nothing was changed; look at $device by hand"
fi

step "mount $DISK"
install -d -m 755 /etc/test-cluster/disks
printf '%s\n' "$SERIAL" >"/etc/test-cluster/disks/$DISK"
/usr/local/sbin/mount-data-disks
mounted=$(findmnt -n -o SOURCE "$place")
[[ $mounted -ef $device ]] || fail "$place is still another disk ($mounted): nothing was changed on disk $DISK; restart this host, then run again"
resize2fs "$device" >/dev/null 2>&1 || echo "WARNING: the filesystem of $DISK could not be grown to its disk now" >&2
# A volume's folder exists only on the disk itself: without the disk, a pod can't start on an empty folder.
for folder in $FOLDERS; do
    [[ -d $place/$folder ]] || install -d -m 755 "$place/$folder"
done
systemctl enable --quiet mount-data-disks
