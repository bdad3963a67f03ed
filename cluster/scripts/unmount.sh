# Takes a data disk out of use, so that it can be detached with nothing half-written on it: ends what has it, and that
# alone, and unmounts it. Pods wait until a disk of its name is mounted again, and Kafka until it is started.
# Given by the caller: DISK (its name)

place=/var/lib/data/$DISK
if ! mountpoint -q "$place"; then
    echo "disk $DISK is not mounted on this host" >&2
    exit 0
fi
device=$(findmnt -n -o SOURCE "$place")
targets() { findmnt -n -r -o TARGET -S "$device" || true; }

# Containers, sandboxes too, of the pods that have the disk.
pods() { targets | sed -n 's|^/var/lib/kubelet/pods/\([^/]*\)/.*|\1|p' | sort -u; }
containers() {
    local pod
    for pod in $(pods); do
        ctr -n k8s.io containers ls -q "labels.\"io.kubernetes.pod.uid\"==\"$pod\""
    done
}
running() { ctr -n k8s.io tasks ls | awk '$3 == "RUNNING" { print $1 }' | grep -qxF "$1"; }
end() { # CONTAINERS
    local signal container _
    [[ $1 ]] || return 0
    for signal in SIGTERM SIGKILL; do
        for container in $1; do
            ctr -n k8s.io tasks kill -s "$signal" "$container" 2>/dev/null || true
        done
        # As long as a pod's own grace would be: databases close their files.
        for _ in {1..60}; do
            running "$1" || return 0
            sleep 1
        done
    done
}
unmount() {
    local target
    targets | sort -r | while read -r target; do
        umount "$target" 2>/dev/null || true
    done
    ! mountpoint -q "$place"
}

step "end what uses disk $DISK"
if grep -qsx "KAFKA_DISK=$DISK" /opt/kafka/.env; then
    systemctl stop kafka
fi
# It would start again at once what ends.
systemctl stop kubelet
end "$(containers)" || true

step "unmount $DISK"
result=0
retry 20 unmount || result=1
# The next boot has no such disk to wait for.
((result)) || rm -f "/etc/test-cluster/disks/$DISK"
# Without the disk there is no volume, and no pod that wants it starts.
systemctl start kubelet
((result == 0)) || fail "disk $DISK is still in use on this host"
