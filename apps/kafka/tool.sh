#!/bin/bash
# One of Kafka's tools, in its container: kafka TOOL ARGUMENTS, such as: kafka topics --list
set -euo pipefail
[[ $# -gt 0 ]] || { echo "kafka TOOL ARGUMENTS, such as: kafka topics --list" >&2; exit 2; }
# shellcheck source=/dev/null
. /opt/kafka/.env
# A tool has the container's memory beside the broker, and would take the broker's heap for its own. It lives for
# seconds, most of which go into compiling what it runs once.
exec docker exec --interactive --env KAFKA_HEAP_OPTS=-Xmx128m \
    --env KAFKA_JVM_PERFORMANCE_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" \
    kafka "/opt/kafka/bin/kafka-$1.sh" --bootstrap-server "$KAFKA_ADDRESS:9092" "${@:2}"
