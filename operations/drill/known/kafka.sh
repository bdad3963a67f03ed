# A drill's messages in Kafka, by the host's program `kafka`. write: sends COUNT of them. read: prints all that the topic
# has, a line each. remove: the topic goes.
# Given by the caller: ACTION TOPIC TOKEN (first word of each message) COUNT
set -euo pipefail

case $ACTION in
write)
    kafka topics --create --if-not-exists --topic "$TOPIC" --partitions 1 --config retention.ms=86400000 </dev/null >&2
    for ((number = 1; number <= COUNT; number++)); do
        echo "$TOKEN $number"
    done | kafka console-producer --topic "$TOPIC" >&2
    ;;
read)
    # Fails where Kafka does not answer: else what can't be read would be taken for lost.
    offsets=$(kafka get-offsets --topic "$TOPIC" </dev/null)
    kafka console-consumer --topic "$TOPIC" --partition 0 --offset earliest --max-messages "${offsets##*:}" \
        --timeout-ms 20000 </dev/null 2>/dev/null
    ;;
remove) kafka topics --delete --if-exists --topic "$TOPIC" </dev/null >&2 ;;
esac
