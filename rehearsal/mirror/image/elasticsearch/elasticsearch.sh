#!/bin/bash
# Runs the server in the foreground: bin/elasticsearch [-Ename=value]...
set -eu

home=$(dirname "$(dirname "$(readlink -f "$0")")")
ES_TMPDIR=${ES_TMPDIR:-$(mktemp -d --tmpdir elasticsearch-XXXXXXXX)}
export ES_TMPDIR
export LIBFFI_TMPDIR=$ES_TMPDIR

read -r -d '' -a wanted <<<"${ES_JAVA_OPTS:-}" || true

# Half of the memory that the container may have, unless the options say another heap.
heap=$(java -XX:MaxRAMPercentage=50 "${wanted[@]}" -XX:+PrintFlagsFinal -version 2>&1 |
    sed -nE 's/^ *size_t MaxHeapSize *= ([0-9]+).*/\1/p')
[[ -n $heap ]] || { echo "ES_JAVA_OPTS=${ES_JAVA_OPTS:-}: Java does not take these options" >&2 && exit 1; }

options=(
    "-Xms$heap"
    "-Xmx$heap"
    "-XX:MaxDirectMemorySize=$((heap / 2))"
    -Xss1m
    -XX:+UseG1GC
    -XX:G1ReservePercent=25
    -XX:InitiatingHeapOccupancyPercent=30
    -XX:+AlwaysPreTouch
    -XX:-OmitStackTraceInFastThrow
    -XX:+ExitOnOutOfMemoryError
    -Djava.awt.headless=true
    -Dfile.encoding=UTF-8
    "-Djava.locale.providers=SPI,COMPAT"
    -Djava.security.manager=allow
    --add-opens=java.base/java.io=ALL-UNNAMED
    "-Djava.io.tmpdir=$ES_TMPDIR"
    "-Djna.tmpdir=$ES_TMPDIR"
    -Djna.nosys=true
    -Dio.netty.noUnsafe=true
    -Dio.netty.noKeySetOptimization=true
    -Dio.netty.recycler.maxCapacityPerThread=0
    -Dio.netty.allocator.numDirectArenas=0
    -Dlog4j.shutdownHookEnabled=false
    -Dlog4j2.disable.jmx=true
    "-Des.path.home=$home"
    "-Des.path.conf=${ES_PATH_CONF:-$home/config}"
    -Des.distribution.flavor=oss
    -Des.distribution.type=docker
    -Des.bundled_jdk=false
)
cd "$home"
export HOSTNAME # of the node, by default
exec java "${options[@]}" "${wanted[@]}" -cp "$home/lib/*" org.elasticsearch.bootstrap.Elasticsearch "$@"
