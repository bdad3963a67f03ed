# Starts this host's kubelet with its configuration, and waits until it says itself that the node is Ready.
restart_kubelet() {
    local since
    since=$(date +%s)
    systemctl daemon-reload
    # Whatever it says of a start that fails, the kubelet's own words tell more.
    systemctl restart kubelet || true
    retry 180 ready_since "$since" || {
        # Its own last words: what ended it, where it does not stay up.
        journalctl --no-pager --output cat --since "@$since" --unit kubelet | grep '^E' | tail -n 2 >&2 || true
        fail "the kubelet does not come up with its configuration; above is what it says, and more in journalctl -u kubelet"
    }
}

# The kubelet has said so after a time, in seconds since 1970: what it said before is no news.
ready_since() {
    local ready status at
    ready=$(kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=10s get node "$(hostname)" \
        -o jsonpath='{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastHeartbeatTime} {.message}{end}')
    echo "node $(hostname) is Ready: $ready"
    read -r status at _ <<<"$ready"
    [[ $status == True ]] && (($(date --date "$at" +%s) >= $1))
}
