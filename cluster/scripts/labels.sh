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
