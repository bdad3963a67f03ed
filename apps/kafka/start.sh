# Starts Kafka as it is declared, or brings a running one to it, and its topics.
# Given by the caller: DISK CLUSTER_ID TOPICS (a line each: name, partitions, retention in milliseconds, in bytes, segment
# size in bytes), and the files in /opt/kafka.

data=/var/lib/data/$DISK/volume
step "Kafka's disk"
mountpoint -q "/var/lib/data/$DISK" || fail "disk $DISK is not mounted on this host: Kafka is not started without its data"
# The user of the official image.
chown 1000:1000 "$data"
if [[ -e $data/meta.properties ]] && ! grep -qx "cluster.id=$CLUSTER_ID" "$data/meta.properties"; then
    fail "the data on disk $DISK belongs to Kafka's cluster $(sed -n 's/^cluster.id=//p' "$data/meta.properties"), and this" \
        "stack's is $CLUSTER_ID: nothing was changed. Set kafka.clusterId to the former to use the data, or move it away."
fi

step "Kafka's container"
chmod 755 /usr/local/bin/kafka
systemctl daemon-reload
systemctl enable --quiet kafka
# A changed file makes the container anew; with nothing changed it stays as it is.
systemctl start docker
systemctl reload-or-restart kafka || {
    docker compose --project-directory /opt/kafka logs --tail 40 >&2 || true
    journalctl -u kafka -n 20 --no-pager >&2
    fail "Kafka did not come up; above is the end of its log"
}

kafka() { # TOOL ARGUMENTS
    /usr/local/bin/kafka "$@" </dev/null
}

step "Kafka's topics"
described=$(kafka topics --describe) || fail "Kafka does not answer: $described"
while read -r topic partitions milliseconds bytes segment; do
    [[ $topic ]] || continue
    settings=(retention.ms="$milliseconds" retention.bytes="$bytes" segment.bytes="$segment")
    line=$(grep -P "^Topic: \Q$topic\E\t" <<<"$described" || true)
    if [[ ! $line ]]; then
        kafka topics --create --if-not-exists --topic "$topic" --partitions "$partitions" \
            "${settings[@]/#/--config=}" >&2
        continue
    fi
    count=$(sed -n 's/.*PartitionCount: \([0-9]*\).*/\1/p' <<<"$line")
    ((count <= partitions)) ||
        fail "topic $topic has $count partitions, and Kafka can't take any away: set kafka.topics ($topic).partitions to $count"
    ((count == partitions)) || kafka topics --alter --topic "$topic" --partitions "$partitions" >&2
    for setting in "${settings[@]}"; do
        grep -q "[ ,	]$setting\(,\|$\)" <<<"$line" && continue
        kafka configs --alter --entity-type topics --entity-name "$topic" \
            --add-config "$(IFS=,; echo "${settings[*]}")" >&2
        break
    done
done <<<"$TOPICS"
docker compose --project-directory /opt/kafka ps >&2
