#!/bin/bash
# Makes the root file system of a host in $1: what a stock Debian 12 cloud image has, and no Kubernetes.
# Run in a mount namespace of its own, so that nothing stays mounted whatever happens.
#
# MIRROR        where debootstrap gets bookworm from
# SOURCES_LIST  the hosts' /etc/apt/sources.list
# APT_CONF      apt settings that the archive needs (proxies, date checks)
set -euo pipefail

root=$1
here=$(cd "$(dirname "$0")" && pwd)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

step() { echo "step: $*"; }

in_root() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

packages=(
    systemd systemd-sysv dbus libpam-systemd openssh-server cloud-init sudo
    apt-utils ca-certificates curl gnupg wget
    iproute2 iputils-ping netbase nftables
    bash-completion e2fsprogs file less lsof procps psmisc python3-yaml rsync util-linux uuid-runtime vim-tiny
    init-system-helpers kmod tzdata
)

# Nothing in a container answers to these, or they would act on the machine itself, or they only cost boot time.
masked=(
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer
    console-getty.service getty.target getty@tty1.service container-getty@.service serial-getty@.service
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
    systemd-networkd-wait-online.service networking.service ifupdown-wait-online.service
    systemd-journald-audit.socket systemd-hwdb-update.service sys-kernel-debug.mount sys-kernel-tracing.mount
    systemd-remount-fs.service systemd-timesyncd.service dev-hugepages.mount
)

step "bootstrap bookworm from $MIRROR"
debootstrap --variant=minbase --keyring="$keyring" --include=ca-certificates bookworm "$root" "$MIRROR"

step "install packages"
cp -r --no-preserve=ownership "$here/files/." "$root/"
printf '%s\n' "$SOURCES_LIST" >"$root/etc/apt/sources.list"
printf '%s\n' "$APT_CONF" >"$root/etc/apt/apt.conf.d/99archive"
# Packages must not start their services while the image is made.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
in_root apt-get update -q
in_root apt-get dist-upgrade -qy -o Dpkg::Options::=--force-confold
in_root apt-get install -qy --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}"

step "configure"
in_root systemctl mask "${masked[@]}"
in_root systemctl enable fstab-devices.service
in_root systemctl set-default multi-user.target
# A host's identity is made by its first boot.
rm -f "$root"/etc/ssh/ssh_host_* "$root/usr/sbin/policy-rc.d" "$root/var/lib/dbus/machine-id" "$root/etc/hostname"
: >"$root/etc/machine-id"
in_root apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt "$root"/usr/share/doc/* "$root"/usr/share/man/*
umount "$root/proc"
