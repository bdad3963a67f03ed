#!/bin/bash
# Before the kubelet starts: it does not where the cgroup that it holds to systemReserved is missing in a hierarchy, or
# lacks a controller, and systemd gives it only what its own units ask for.
set -euo pipefail
root=/sys/fs/cgroup
cgroup=$(sed -n 's/^systemReservedCgroup: *//p' /var/lib/kubelet/config.yaml 2>/dev/null | tr -d '"') || exit 0
[[ $cgroup ]] || exit 0
if [[ -e $root/cgroup.controllers ]]; then
    for controller in $(<$root/cgroup.controllers); do
        echo "+$controller" >$root/cgroup.subtree_control || echo "controller $controller is not given to $cgroup" >&2
    done
else
    for hierarchy in cpu cpuacct cpuset memory pids; do
        [[ ! -d $root/$hierarchy ]] || mkdir -p "$root/$hierarchy$cgroup"
    done
fi
