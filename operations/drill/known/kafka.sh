# A drill's messages in Kafka, by the tools in its container. write: sends COUNT of them. read: prints all that the topic
# has, a line each. remove: the topic goes.
# Given by the caller: ACTION ADDRESS (host:port) TOPIC TOKEN (first word of each message) COUNT
set -euo pipefail

tool() { # TOOL ARGUMENTS
    # A tool has the container's memory beside the broker, and would take the broker's heap for its own.
    docker exec --interactive --env KAFKA_HEAP_OPTS=-Xmx128m kafka "/opt/kafka/bin/$1.sh" --bootstrap-server "$ADDRESS" "${@:2}"
}

case $ACTION in
write)
    tool kafka-topics --create --if-not-exists --topic "$TOPIC" --partitions 1 --config retention.ms=86400000 </dev/null >&2
    for ((number = 1; number <= COUNT; number++)); do
        echo "$TOKEN $number"
    done | tool kafka-console-producer --topic "$TOPIC" >&2
    ;;
read)
    # Fails where Kafka does not answer: else what can't be read would be taken for lost.
    offsets=$(tool kafka-get-offsets --topic "$TOPIC" </dev/null)
    tool kafka-console-consumer --topic "$TOPIC" --partition 0 --offset earliest --max-messages "${offsets##*:}" \
        --timeout-ms 20000 </dev/null 2>/dev/null
    ;;
remove) tool kafka-topics --delete --if-exists --topic "$TOPIC" </dev/null >&2 ;;
esac
