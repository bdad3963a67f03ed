# Waits until every node is Ready, and every pod of some namespaces. What is not is named with its reason.
# Given by the caller: NODES and NAMESPACES (names)

step "nodes are Ready"
for node in $NODES; do
    kubectl wait --for=condition=Ready "node/$node" --timeout=300s >/dev/null ||
        fail "node $node is not Ready: $(kubectl get node "$node" -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}')"
done

# Those of Jobs that are done are no longer Ready. What has failed for good is followed by another pod, or tells so itself.
running=("--field-selector=status.phase!=Succeeded,status.phase!=Failed")

# What a pod that is not Ready has to say: its state, its last events, the end of its log.
explain() { # NAMESPACE
    local pods pod
    pods=$(kubectl -n "$1" get pods "${running[@]}" -o json)
    jq -r '.items[] | select(any(.status.conditions[]?; .type=="Ready" and .status!="True")) |
        "\(.metadata.namespace)/\(.metadata.name) on \(.spec.nodeName // "no node"): \(.status.phase) \([.status.containerStatuses[]?.state.waiting? // empty | "\(.reason): \(.message // "")"] | join("; ")) \([.status.conditions[]? | select(.status!="True") | .message // empty] | unique | join("; "))"' <<<"$pods"
    for pod in $(jq -r '.items[] | select(any(.status.conditions[]?; .type=="Ready" and .status!="True")) | .metadata.name' <<<"$pods"); do
        kubectl -n "$1" get events --field-selector "involvedObject.name=$pod" --sort-by=.lastTimestamp --no-headers |
            tail -n 4 | cut -c -300
        kubectl -n "$1" logs "$pod" --all-containers --prefix --tail=8 2>/dev/null | cut -c -300
    done
}

step "pods are Ready in $NAMESPACES"
for namespace in $NAMESPACES; do
    retry 300 kubectl -n "$namespace" wait --for=condition=Ready pod --all "${running[@]}" --timeout=20s || {
        explain "$namespace" >&2
        fail "the pods above are not Ready"
    }
done
kubectl get nodes -o wide >&2
