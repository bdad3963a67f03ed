#!/bin/bash
# What a worker's join key may run on the control plane, and nothing else: mint a token for this run, or say that the
# worker has joined, which lets the next host be replaced.
set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf
read -r verb node <<<"${SSH_ORIGINAL_COMMAND:-}"
[[ $node =~ ^[a-z0-9-]+$ ]] || exit 2
case $verb in
token)
    # A host that has yet to join is not the one that an etcd which was recovered from a backup remembers as Ready. That one
    # renews its lease no more; one that does is left alone, and kubeadm refuses its name.
    for _ in {1..50}; do
        renewed=$(kubectl -n kube-node-lease get lease "$node" -o jsonpath='{.spec.renewTime}' 2>/dev/null) || break
        if (($(date +%s) - $(date --date "$renewed" +%s) > 40)); then
            kubectl delete node "$node" --ignore-not-found >&2
            break
        fi
        sleep 1
    done
    exec kubeadm token create --ttl 10m --description "join of $node" --print-join-command
    ;;
joined)
    kubectl wait --for=condition=Ready "node/$node" --timeout=180s >&2
    holder=$(kubectl -n kube-system get configmap host-replacement -o jsonpath='{.data.host}' 2>/dev/null || true)
    [[ $holder != "$node" ]] || kubectl -n kube-system delete configmap host-replacement >&2
    ;;
*) exit 2 ;;
esac
