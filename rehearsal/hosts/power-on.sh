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
# Its memory settings are the machine's.
mount --bind -o ro /proc/sys/vm /proc/sys/vm
# The kubelet needs memory to be promised freely. Where the machine does not, hosts are shown that it does: what of it is
# not there ends in a cgroup's limit anyway.
overcommit=/proc/sys/vm/overcommit_memory
if [ "$(cat $overcommit)" != 1 ]; then
    echo 1 >/run/overcommit_memory
    mount --bind -o ro /run/overcommit_memory $overcommit
fi

# Of block devices a host has its own disks; the machine's are none of its business.
find /dev -xdev -type b -delete
rm -rf /dev/disk
mkdir -p /dev/disk/by-id
printf '%s' "$DRIVES" | while read -r name major minor serial; do
    mknod -m 660 "/dev/$name" b "$major" "$minor"
    ln -s "../../$name" "/dev/disk/by-id/virtio-$serial"
done

# Name, address and keys may be others than at the start before.
# shellcheck disable=SC3028 # given, see above
name=$HOSTNAME
printf '%s\n' "$name" >/etc/hostname
others=$(sed '/# this host$/d' /etc/hosts)
printf '%s\n' "$others" >/etc/hosts
grep -q "[[:space:]]$name\$" /etc/hosts || printf '%s\t%s # this host\n' "$ADDRESS" "$name" >>/etc/hosts

# Cloud-init hands out keys at the first boot only; later another key pair takes the place of the one before.
keys=/root/.ssh/authorized_keys
given=/var/lib/cloud/seed/nocloud/authorized_keys
before=/var/lib/cloud/authorized_keys
if [ -f "$keys" ] && [ -f "$before" ] && ! cmp -s "$before" "$given"; then
    others=$(grep -vxFf "$before" "$keys" || true)
    { printf '%s\n' "$others" && cat "$given"; } >"$keys"
fi
[ ! -f "$given" ] || cp "$given" "$before"

printf '%s' "$RESOLV_CONF" >/etc/resolv.conf
chmod 644 /etc/resolv.conf
