#!/bin/bash
# What scripts on the operator's machine share: SSH to the stack's hosts, their identity verified, in bounded time.
# Environment: CONTROL_PLANE CONTROL_PLANE_KEY PRIVATE_KEY, and HOST_ADDRESS HOST_KEY where another host is meant
set -uo pipefail
umask 077
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf '%s' "$PRIVATE_KEY" >"$dir/key"
printf '%s %s\n' "${HOST_ADDRESS:-$CONTROL_PLANE}" "${HOST_KEY:-$CONTROL_PLANE_KEY}" "$CONTROL_PLANE" "$CONTROL_PLANE_KEY" >"$dir/known_hosts"

on() { # ADDRESS SECONDS COMMAND
    timeout "$2" ssh -i "$dir/key" -o UserKnownHostsFile="$dir/known_hosts" -o StrictHostKeyChecking=yes -o BatchMode=yes \
        -o ConnectTimeout=5 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o IdentitiesOnly=yes -o LogLevel=ERROR \
        "root@$1" "export KUBECONFIG=/etc/kubernetes/admin.conf; $3"
}
kubectl_on_control_plane() { # SECONDS ARGUMENTS
    on "$CONTROL_PLANE" "$1" "timeout $1 kubectl --request-timeout=10s $2"
}
