#!/bin/bash
# Before the kubelet starts: it does not where the cgroup that it holds to systemReserved is missing in a hierarchy, or
# lacks a controller, and systemd gives it only what its own units ask for. And systemd is told of the limit: it would
# take it back as soon as it loads its units anew.
set -euo pipefail
root=/sys/fs/cgroup
configuration=/var/lib/kubelet/config.yaml
[[ -e $configuration ]] || exit 0
cgroup=$(awk '$1 == "systemReservedCgroup:" { gsub(/"/, "", $2); print $2 }' $configuration)
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
memory=$(awk '/^[^ ]/ { inside = $1 == "systemReserved:" } inside && $1 == "memory:" { print $2 }' $configuration)
if [[ $memory && $cgroup == /*.slice ]]; then
    systemctl set-property --runtime "${cgroup##*/}" "MemoryMax=${memory%i}"
fi
