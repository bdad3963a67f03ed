# After etcd went back, on the control plane: whoever remembers what it said before begins anew, and the cluster is as it
# should be. Says what proves it, a line each.
# Given by the caller: NODES (names) SINCE (seconds since 1970 on this host, from before the kubelets were restarted)
set -euo pipefail
export KUBECONFIG=/etc/kubernetes/admin.conf LC_ALL=C
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
address=${server#https://}
address=${address%:*}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# A time of Kubernetes is after SINCE.
fresh() { [[ $1 ]] && (($(date --date "$1" +%s) >= SINCE)); }

# Until a command succeeds: `await SECONDS WHAT COMMAND…`.
await() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || fail "$what"
        sleep 1
    done
}

# A node is Ready by its kubelet's own word, and its lease is renewed: what the backup says of both is old.
alive() {
    local node lease
    lease=$(kubectl -n kube-node-lease get lease "$1" -o jsonpath='{.spec.renewTime}' 2>/dev/null) || return 1
    node=$(kubectl get node "$1" -o jsonpath='{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastHeartbeatTime}{end}') ||
        return 1
    fresh "$lease" && [[ $node == "True "* ]] && fresh "${node#* }"
}

endpoints() {
    [[ $(kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes \
        -o jsonpath='{.items[*].endpoints[*].addresses[*]}') == "$address" ]]
}

# How many pods a workload wants, for jq.
wanted='def wanted: .spec.replicas // .status.desiredNumberScheduled // 0;'

# Workloads that have fewer pods than they want, a line each.
lacking() {
    kubectl get deployments,statefulsets,daemonsets --all-namespaces -o json | jq -r "$wanted"'.items[] |
        wanted as $wanted |
        (.status.readyReplicas // .status.numberReady // 0) as $ready |
        select($ready < $wanted or .status.observedGeneration != .metadata.generation) |
        "\(.kind) \(.metadata.namespace)/\(.metadata.name): \($ready) of \($wanted) ready"'
}
complete() { [[ ! $(lacking) ]]; }

# Pods with some labels are all from after SINCE, ready, and as many as there should be: until the controllers are at work
# again, nobody makes others for those that went. Those that have ended, as a host's shutdown leaves them, are no one's.
renewed() { # NAMESPACE LABELS NUMBER
    local pods
    pods=$(kubectl -n "$1" get pods -l "$2" -o json) || return 1
    jq -e --argjson since "$SINCE" --argjson number "$3" '
        [.items[] | select(.status.phase | IN("Succeeded", "Failed") | not)] | length >= $number and all(.[];
        (.metadata.creationTimestamp | fromdate) >= $since and
        any(.status.conditions[]?; .type == "Ready" and .status == "True"))' >/dev/null <<<"$pods"
}

for node in $NODES; do
    await 180 "node $node is not Ready after the restore, or does not renew its lease: journalctl -u kubelet, on it" alive "$node"
done
echo "nodes: $NODES are Ready, and have renewed their leases since"
for node in $(kubectl get nodes -o jsonpath='{.items[*].metadata.name}'); do
    [[ " $NODES " == *" $node "* ]] || echo "nodes: $node is a host of former times; kubectl delete node $node"
done
await 60 "the endpoints of kubernetes.default are not $address alone" endpoints
echo "endpoints: kubernetes.default is $address"

# Who has a service account of its own speaks to the API: it is started again, and lists anew. First what is on every node,
# the network's pods among them, and of that all at once; then Deployments, which need that network, and whose pods leave
# one after the other, so that names are still answered.
for kind in daemonsets deployments; do
    kubectl get "$kind" --all-namespaces -o json | jq -r "$wanted"'.items[] |
        select((.spec.template.spec.serviceAccountName // "default") != "default") |
        (.spec.selector.matchLabels | to_entries | map("\(.key)=\(.value)") | join(",")) as $labels |
        "\(.metadata.namespace) \(.metadata.name) \($labels) \(wanted)"' >"/run/etcd-settle-$kind"
    while read -r namespace name labels _; do
        case $kind in
            daemonsets) kubectl -n "$namespace" delete pods -l "$labels" --wait=false ;;
            *) kubectl -n "$namespace" rollout restart "deployment/$name" ;;
        esac >/dev/null
    done <"/run/etcd-settle-$kind"
    while read -r namespace name labels number; do
        await 300 "$name in $namespace has not started again" renewed "$namespace" "$labels" "$number"
    done <"/run/etcd-settle-$kind"
done
echo "started again: $(cut -d ' ' -f 2 /run/etcd-settle-* | sort | paste -s -d ' ')"
await 300 "not all is ready: $(lacking | paste -s -d ';')" complete
echo "workloads: all are ready"
