#!/bin/bash
# What a worker's join key may run on the control plane, and nothing else: mint a token for this run, or say that the
# worker has joined, which lets the next host be replaced.
set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf
read -r verb node <<<"${SSH_ORIGINAL_COMMAND:-}"
[[ $node =~ ^[a-z0-9-]+$ ]] || exit 2
case $verb in
token)
    exec kubeadm token create --ttl 10m --description "join of $node" --print-join-command
    ;;
joined)
    kubectl wait --for=condition=Ready "node/$node" --timeout=180s >&2
    holder=$(kubectl -n kube-system get configmap host-replacement -o jsonpath='{.data.host}' 2>/dev/null || true)
    [[ $holder != "$node" ]] || kubectl -n kube-system delete configmap host-replacement >&2
    ;;
*) exit 2 ;;
esac
