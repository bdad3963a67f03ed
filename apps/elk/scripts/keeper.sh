#!/bin/bash
# Keeps Elasticsearch's indices of logs: makes them once, begins a new one every day or when one is large, and removes the
# oldest when they are too old or when all of them are too large, so that the disk can't fill. The product's own life
# cycles know an age only, and not every build has them. Makes a snapshot of them a day.
# Environment: KEEP_DAYS KEEP_MIB, KIBANA_PASSWORD LOGSTASH_PASSWORD (empty where security is off), and what es.sh and
# snapshots.sh need
set -uo pipefail
# The first process of a container ends on no signal that it does not ask for.
trap "exit 0" TERM
# shellcheck source=apps/elk/scripts/es.sh
. "${BASH_SOURCE%/*}/es.sh"
# shellcheck source=apps/elk/scripts/snapshots.sh
. "${BASH_SOURCE%/*}/snapshots.sh"
say() { printf '%(%FT%TZ)T %s\n' -1 "$*"; }

prepare() {
    # Not named `logs`: the product has a template of that name, and would put its own back.
    es PUT /_index_template/container-logs "$(<"${BASH_SOURCE%/*}/template.json")" >/dev/null || return
    if ! es GET /_alias/logs >/dev/null 2>&1; then
        es PUT /logs-000001 '{"aliases": {"logs": {"is_write_index": true}}}' >/dev/null || return
        say "made the first index, logs-000001"
    fi
    users || {
        # A full disk takes no user before there is room on it.
        keep
        return 1
    }
}

# Kibana's user has a password, and Logstash's may do what its output does and no more: ask which server it is, write into
# what is behind the alias, and see that the alias is there. It may change no mappings, which the template has all of, and
# make no index but that of refused events: one that is named as the alias would take its place.
users() {
    [[ ${KIBANA_PASSWORD:-} ]] || return 0
    local role='{"cluster": ["monitor"], "indices": [
        {"names": ["logs", "logs-0*"], "privileges": ["index", "view_index_metadata"]},
        {"names": ["logs-refused"], "privileges": ["index", "create_index"]}]}'
    es POST /_security/user/kibana_system/_password "{\"password\": \"$KIBANA_PASSWORD\"}" >/dev/null &&
        es PUT /_security/role/logstash_writer "$role" >/dev/null &&
        es PUT /_security/user/logstash_writer \
            "{\"password\": \"$LOGSTASH_PASSWORD\", \"roles\": [\"logstash_writer\"]}" >/dev/null
}

# The indices, the oldest first: name, age in days, bytes. The last one is written to.
indices() {
    es GET "/_cat/indices/logs-0*?h=index,creation.date,store.size&bytes=b&s=index" | awk -v now="$(date +%s)" \
        '{ print $1, int((now - $2 / 1000) / 86400), $3 }'
}

remove() {
    es DELETE "/$1" >/dev/null && say "removed $1: $2"
}

keep() {
    local segment=$((KEEP_MIB / 8)) conditions rolled all total=0 name days bytes
    ((segment > 0)) || segment=1
    conditions="{\"max_age\": \"1d\", \"max_size\": \"${segment}mb\"}"
    # A full disk refuses this too, and then nothing but removing helps.
    rolled=$(es POST /logs/_rollover "{\"conditions\": $conditions}") || rolled=""
    [[ $rolled != *'"rolled_over":true'* ]] || say "began a new index: $rolled"
    all=$(indices) || return
    while read -r name days bytes; do total=$((total + bytes)); done <<<"$all"
    while read -r name days bytes; do
        # Days since it began; its last line is a day younger.
        if ((days > KEEP_DAYS)); then
            remove "$name" "$days days old" && total=$((total - bytes))
        elif ((total > KEEP_MIB * 1048576)); then
            remove "$name" "all have $((total / 1048576)) MiB, more than $KEEP_MIB" && total=$((total - bytes))
        else
            break
        fi
    done < <(head -n -1 <<<"$all")
    # What was refused is a sign of a mistake: worth a look, not the disk.
    bytes=$(es GET "/_cat/indices/logs-refused?h=store.size&bytes=b" 2>/dev/null) || return 0
    ((${bytes:-0} <= KEEP_MIB * 1048576 / 8)) || remove logs-refused "$((bytes / 1048576)) MiB of refused events"
}

until es GET "/_cluster/health?wait_for_status=yellow&timeout=20s" >/dev/null 2>&1 && prepare; do sleep 2; done
touch /tmp/prepared
say "indices are prepared; keeping $KEEP_DAYS days, $KEEP_MIB MiB"
while [[ ! ${ONCE:-} ]]; do
    back_up
    keep
    sleep 60 &
    wait $!
done
[[ ! ${ONCE:-} ]] || { back_up; keep; }
