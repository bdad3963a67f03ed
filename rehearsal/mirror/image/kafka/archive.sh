# Writes the archives of classes that the image's two programs start from, by running both once. In mount, network and
# process namespaces of its own; $1 is the root folder of the image.
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
ip link set lo up
chroot "$1" env CLASS_ARCHIVE=ArchiveClassesAtExit KAFKA_NODE_ID=1 KAFKA_PROCESS_ROLES=broker,controller \
    KAFKA_LISTENERS=CLIENTS://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093 KAFKA_ADVERTISED_LISTENERS=CLIENTS://127.0.0.1:9092 \
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT KAFKA_INTER_BROKER_LISTENER_NAME=CLIENTS \
    KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER KAFKA_CONTROLLER_QUORUM_VOTERS=1@127.0.0.1:9093 \
    KAFKA_LOG_DIRS=/tmp/data /etc/kafka/docker/run &
broker=$!
until chroot "$1" bash -c '</dev/tcp/127.0.0.1/9092' 2>/dev/null; do
    kill -0 "$broker"
    sleep 0.5
done
chroot "$1" /opt/kafka/bin/kafka-topics.sh --bootstrap-server 127.0.0.1:9092 --create --topic any
kill "$broker"
# It ends by the signal.
wait "$broker" || true
