# Labels and taints of the nodes, as configured.
# Given by the caller: LABELS (lines: node, then label=value or label-) and TAINTS (lines: node and taint, or taint-)

step "labels"
while read -r node changes; do
    # shellcheck disable=SC2086 # several words
    [[ -z $node ]] || kubectl label --overwrite node "$node" $changes >/dev/null
done <<<"$LABELS"
while read -r node taint; do
    [[ -z $node ]] || kubectl taint --overwrite node "$node" "$taint" >/dev/null 2>&1 || [[ $taint == *- ]]
done <<<"$TAINTS"

# A host that is made anew under its name has the pods of the one before. One whose disk is elsewhere by now would wait on
# it for good: nothing but a new pod is taken to another node.
step "pods are where their disks are"
{
    kubectl get persistentvolumes -o json
    kubectl get nodes -o json
    kubectl get pods --all-namespaces -o json
} | jq -rs '
    (.[0].items | map({
        key: "\(.spec.claimRef.namespace)/\(.spec.claimRef.name)",
        value: [.spec.nodeAffinity.required.nodeSelectorTerms[]?.matchExpressions[]? | select(.operator == "Exists").key]
    }) | from_entries) as $needed |
    (.[1].items | map({key: .metadata.name, value: .metadata.labels}) | from_entries) as $nodes |
    .[2].items[] | . as $pod |
    select(.metadata.deletionTimestamp == null and $nodes[.spec.nodeName // ""] != null) |
    select(any(.spec.volumes[]?.persistentVolumeClaim.claimName // empty;
        any($needed["\($pod.metadata.namespace)/\(.)"][]?; . as $key | $nodes[$pod.spec.nodeName] | has($key) | not))) |
    "\(.metadata.namespace) \(.metadata.name) \(.spec.nodeName)"' |
    while read -r namespace pod node; do
        echo "pod $namespace/$pod has its disk on $node no more: it is deleted, to follow it" >&2
        kubectl -n "$namespace" delete pod "$pod" --wait=false >&2
    done
