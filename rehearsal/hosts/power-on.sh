#!/bin/sh
# Run in a host's mount namespace before its init: what firmware and kernel would have done.
#
# HOSTNAME, ADDRESS  the host's name and private address
# RESOLV_CONF        the contents of /etc/resolv.conf
# DRIVES             a line per disk: name in the host, major, minor, serial
set -eu

# Kubelet and containerd hand mounts on to pods.
mount --make-rshared /
# How systemd knows that no udev answers for devices here: mounts by path then don't wait for one.
mount -o remount,bind,ro /sys

# Of block devices a host has its own disks; the machine's are none of its business.
find /dev -xdev -type b -delete
rm -rf /dev/disk
mkdir -p /dev/disk/by-id
printf '%s' "$DRIVES" | while read -r name major minor serial; do
    mknod -m 660 "/dev/$name" b "$major" "$minor"
    ln -s "../../$name" "/dev/disk/by-id/virtio-$serial"
done

# shellcheck disable=SC3028 # given, see above
grep -q "[[:space:]]$HOSTNAME\$" /etc/hosts || printf '%s\t%s\n' "$ADDRESS" "$HOSTNAME" >>/etc/hosts
printf '%s' "$RESOLV_CONF" >/etc/resolv.conf
chmod 644 /etc/resolv.conf
