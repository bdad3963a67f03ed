#!/bin/bash
# What the image runs: /etc/kafka/docker/run. Arguments are more environment, as KEY=VALUE.
set -eu

for setting; do export "${setting?}"; done

echo "Kafka ${KAFKA_VERSION:-}: a stand-in for the published image, the same broker from its published jars"
id

fail() {
    echo "$1" >&2
    exit 1
}

if [[ -z ${CLUSTER_ID:-} ]]; then
    export CLUSTER_ID=5L6g3nShT-eMCtK--X86sw
    echo "CLUSTER_ID is not set: taking $CLUSTER_ID"
fi
if [[ ${KAFKA_PROCESS_ROLES:-} == controller ]]; then
    [[ -z ${KAFKA_ADVERTISED_LISTENERS:-} ]] || fail "KAFKA_ADVERTISED_LISTENERS: a controller advertises nothing"
    unset KAFKA_ADVERTISED_LISTENERS
elif [[ -z ${KAFKA_LISTENERS:-} && -n ${KAFKA_ADVERTISED_LISTENERS:-} ]]; then
    # Listens on the ports that it advertises, at every address.
    KAFKA_LISTENERS=$(sed -E 's|://[^:]*:|://0.0.0.0:|g' <<<"$KAFKA_ADVERTISED_LISTENERS")
    export KAFKA_LISTENERS
fi
[[ -w /opt/kafka/config ]] || fail "/opt/kafka/config is not writable for $(id -u)"

# Either program starts from an archive of its classes, as in the published image; where the archive is not of this Java,
# it starts without. CLASS_ARCHIVE is another word where the archives are written.
options=${KAFKA_OPTS:-}
from() { export KAFKA_OPTS="$options -XX:${CLASS_ARCHIVE:-SharedArchiveFile}=/opt/kafka/$1.jsa"; }

# Kafka's own program for its image makes server.properties from the environment and formats the storage; on storage
# that is formatted it changes nothing, says so and fails.
from setup
if ! said=$(/opt/kafka/bin/kafka-run-class.sh kafka.docker.KafkaDockerWrapper setup \
    --default-configs-dir /etc/kafka/docker \
    --mounted-configs-dir /mnt/shared/config \
    --final-configs-dir /opt/kafka/config 2>&1); then
    [[ ${said,,} == *"already formatted"* ]] || fail "$said"
fi
echo "$said"

from broker
exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties
