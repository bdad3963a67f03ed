#!/bin/bash
# Looks every quarter of a minute at what is requested of each node and used there, prints it once a minute as a line of
# JSON, and tells when a node crosses a watermark: by another line, which is on its way to Elasticsearch with the first, and
# by an Event of the node. Memory that runs out does so within less than a minute.
# Environment: MARK_REQUESTED MARK_USED (%), KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, which every pod has;
# ROUNDS (empty: for ever)
set -uo pipefail
# The first process of a container ends on no signal that it does not ask for.
trap "exit 0" TERM
here=${BASH_SOURCE%/*}
account=/var/run/secrets/kubernetes.io/serviceaccount
api="https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"
cd /tmp || exit

# ask URL [OPTION...]: curl with this pod's token, which is on no command line and may have changed since the last time.
ask() {
    curl --silent --show-error --fail --max-time 20 \
        --config <(printf 'header = "Authorization: Bearer %s"\n' "$(<"$account/token")") "${@:2}" "$1"
}
of_api() { ask "$api$1" --cacert "$account/ca.crt" "${@:2}"; }
json() { awk -f "$here/json.awk" -f "$here/$1.awk" "${@:2}"; }

look() {
    local name address stats=() line figures=
    local -A asked=()
    of_api /api/v1/nodes >nodes || return
    # Those that are to run, on a node.
    of_api "/api/v1/pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=" >pods || return
    while read -r name address; do
        # Kubelets serve with certificates that they signed themselves. All at once, as one may hang.
        ask "https://$address:10250/stats/summary" --insecure >"stats-$name" &
        asked[$name]=$!
    done < <(json addresses nodes)
    # One that does not answer is told of by others.
    for name in "${!asked[@]}"; do
        if wait "${asked[$name]}"; then stats+=("stats-$name"); fi
    done
    json figures -v now="$(date -u +%FT%TZ)" -v markRequested="$MARK_REQUESTED" -v markUsed="$MARK_USED" -v above=above \
        of=nodes nodes of=pods pods of=stats "${stats[@]}" >told || return
    # Of one minute those of every node, or of none.
    if ((SECONDS >= due)); then
        figures=yes
        due=$((SECONDS + 60 - every / 2))
    fi
    while IFS= read -r line; do
        if [[ $line == "event "* ]]; then
            of_api /api/v1/namespaces/default/events --header "Content-Type: application/json" \
                --data-binary "${line#event }" >/dev/null
        elif [[ $figures || $line != '{"watermarks":"figures"'* ]]; then
            printf '%s\n' "$line"
        fi
    done <told
}

every=15 due=0
touch above
for ((round = 1; round <= ${ROUNDS:-round}; round++)); do
    # For the probes: when it was at work, and when it last saw the nodes.
    printf '%(%s)T' -1 >alive
    began=$SECONDS
    if look; then
        printf '%(%s)T' -1 >seen
        # What the look took is of that time, too.
        left=$((began + every - SECONDS))
        sleep $((left > 5 ? left : 5)) &
    else
        sleep 5 &
    fi
    wait $!
done
