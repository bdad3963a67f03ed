# Waits until every node is Ready, and every pod of some namespaces. What is not is named with its reason.
# Given by the caller: NODES and NAMESPACES (names)

step "nodes are Ready"
for node in $NODES; do
    kubectl wait --for=condition=Ready "node/$node" --timeout=300s >/dev/null ||
        fail "node $node is not Ready: $(kubectl get node "$node" -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}')"
done

step "pods are Ready in $NAMESPACES"
for namespace in $NAMESPACES; do
    retry 300 kubectl -n "$namespace" wait --for=condition=Ready pod --all --timeout=20s || {
        kubectl -n "$namespace" get pods -o json |
            jq -r '.items[] | select(any(.status.conditions[]?; .type=="Ready" and .status!="True")) |
                "\(.metadata.namespace)/\(.metadata.name) on \(.spec.nodeName // "no node"): \(.status.phase) \([.status.containerStatuses[]?.state.waiting? // empty | "\(.reason): \(.message // "")"] | join("; ")) \([.status.conditions[]? | select(.status!="True") | .message // empty] | unique | join("; "))"' >&2
        fail "the pods above are not Ready"
    }
done
kubectl get nodes -o wide >&2
