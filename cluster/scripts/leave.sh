#!/bin/bash
# Before a host goes: its pods leave, its disks are unmounted, its node is deleted; one host at a time. Runs on the
# operator's machine and never fails because something is dead already: what can't be reached is skipped, aloud.
# Environment: HOST HOSTS (all of the stack) INSTANCE ROLE, and what operator.sh, which comes before it, needs.
set -uo pipefail

# Its successor may have its address and its identity by now: only the instance itself is meant.
is_alive() {
    on "$HOST_ADDRESS" 10 "grep -qx $INSTANCE /var/lib/cloud/data/instance-id" 2>/dev/null
}
alive=
is_alive && alive=yes

if [[ $ROLE == worker ]] && kubectl_on_control_plane 15 "get --raw /readyz" >/dev/null 2>&1; then
    # In service (not when the whole stack goes) pods move to other nodes, and one host leaves at a time: the next waits
    # until the new one has joined.
    serving=
    if kubectl_on_control_plane 15 "-n kube-system get configmap in-service" >/dev/null 2>&1; then
        serving=yes
        deadline=$((SECONDS + 900))
        until kubectl_on_control_plane 15 "-n kube-system create configmap host-replacement --from-literal=host=$HOST" >/dev/null 2>&1; do
            holder=$(kubectl_on_control_plane 15 "-n kube-system get configmap host-replacement -o jsonpath={.data.host}" 2>/dev/null)
            # Its own from an earlier try, or that of a host that the stack has no more.
            [[ $holder == "$HOST" ]] && break
            if [[ -n $holder && " $HOSTS " != *" $holder "* ]]; then
                kubectl_on_control_plane 15 "-n kube-system delete configmap host-replacement --ignore-not-found" >/dev/null 2>&1
            fi
            kubectl_on_control_plane 15 "get --raw /readyz" >/dev/null 2>&1 || break
            if ((SECONDS > deadline)); then
                echo "$HOST: ${holder:-another host} has been leaving for 15 minutes; look at it, then run again" >&2
                exit 1
            fi
            sleep 3
        done
    fi
    if [[ $alive && $serving ]]; then
        echo "$HOST: draining"
        kubectl_on_control_plane 150 "drain $HOST --ignore-daemonsets --delete-emptydir-data --force --timeout=120s" >/dev/null 2>&1 ||
            echo "$HOST: not drained in time; going on"
    elif [[ ! $alive ]]; then
        # Nobody there can end its pods: others may start in their place once these are forgotten.
        kubectl_on_control_plane 30 "delete pods --all-namespaces --field-selector=spec.nodeName=$HOST --force --grace-period=0" >/dev/null 2>&1
    fi
    kubectl_on_control_plane 30 "delete node $HOST --ignore-not-found --wait=false" >/dev/null 2>&1
else
    [[ $ROLE == worker ]] && echo "$HOST: the Kubernetes API does not answer; not drained"
fi

# Asked again: the wait for other hosts may have been long.
if is_alive; then
    echo "$HOST: stopping, disks unmounted"
    on "$HOST_ADDRESS" 150 /usr/local/sbin/release-disks
    if [[ $? == 3 ]]; then
        echo "$HOST: a data disk could not be unmounted; log in and look (findmnt, lsof), then run again" >&2
        exit 1
    fi
else
    echo "$HOST: does not answer; its disks are taken as they are"
fi
exit 0
