#!/bin/bash
# Runs a class of Kafka's, with its arguments: bin/kafka-run-class.sh.
set -eu

home=$(dirname "$(dirname "$(readlink -f "$0")")")

# Options come as one string, as a shell would split it.
options=()
add() {
    local words
    read -r -d '' -a words <<<"$1" || true
    options+=("${words[@]}")
}
add "${KAFKA_HEAP_OPTS:--Xmx256M}"
add "${KAFKA_JVM_PERFORMANCE_OPTS:--server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35
    -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true}"
add "${KAFKA_GC_LOG_OPTS:-}"
add "${KAFKA_JMX_OPTS:-}"
add "${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$home/config/tools-log4j2.yaml}"
add "${KAFKA_OPTS:-}"

# One by one and in their order, which archives of classes depend on.
jars=$(printf '%s:' "$home"/libs/*.jar)

exec java "${options[@]}" -cp "${CLASSPATH:+$CLASSPATH:}${jars%:}" "$@"
