#!/bin/bash
# Backs up MySQL, and Nacos' configurations out of that backup: dumps, seals, restores what was sealed into a server of its
# own, and keeps it only if a dump of that server is the same. Prints the manifests, a line each.
# /secrets has client.cnf and key. Environment: FOLDER STACK KEEP_HOURS KEEP_DAYS WHY STACK_USERS BINLOG_MIB
set -euo pipefail
# shellcheck source=cluster/scripts/backups.sh
. /scripts/backups.sh
# shellcheck source=apps/mysql/scripts/scratch.sh
. /scripts/scratch.sh

began=$SECONDS

# Where in the binary log the dump was made, as a comment.
coordinates() {
    local help
    help=$(mysqldump --no-defaults --help)
    if [[ $help == *--source-data* ]]; then echo --source-data=2; else echo --master-data=2; fi
}

# Removes the oldest binary logs until the rest has BINLOG_MIB at most. The one that is written to stays.
trim_binary_logs() {
    local name size all=0 kept='' logs
    logs=$(live --execute="SHOW BINARY LOGS" | sort -r)
    while read -r name size _; do
        all=$((all + size))
        if [[ -n $kept ]] && ((all > BINLOG_MIB * 1048576)); then
            live --execute="PURGE BINARY LOGS TO '$kept'"
            echo "removed the binary logs before $kept: all had more than $BINLOG_MIB MiB" >&2
            return
        fi
        kept=$name
    done <<<"$logs"
}

file=$(mktemp "$FOLDER/.mysql-XXXXXX")
nacos=$(mktemp "$FOLDER/.nacos-XXXXXX")
leave_nothing "$file" "$nacos"
names=$(databases live)
mapfile -t names <<<"$names"
at=$(coordinates)
{
    dump live "$at" --databases "${names[@]}"
    add_users live
} | gzip | seal >"$file"

start_scratch
opened "$file" | load scratch || fail "the dump can't be restored; it is not kept"
dumped=$(databases_in "$file" | digest)
restored=$(dump scratch --databases "${names[@]}" | digest)
[[ $dumped == "$restored" ]] || fail "what was restored is not what was dumped; the dump is not kept"
[[ $(users_in "$file") == "$(users scratch)" ]] ||
    fail "the users that were restored are not those that there are; the dump is not kept"
tables=$(facts scratch)
rows=$(awk -F '\t' '{ tables++; rows += $2 } END { printf "%d tables, %d rows", tables, rows }' <<<"$tables")

name=$(keep_backup mysql "$file" "$WHY" $((SECONDS - began)) "restored and dumped again, the same: ${#names[@]} databases, $rows")
cat "$FOLDER/$name.json"
forget_backups mysql

if [[ $'\n'$tables == *$'\n'nacos.config_info$'\t'* ]]; then
    # A configuration a line, as the folder of configurations declares it.
    scratch --execute="SELECT JSON_OBJECT('namespace', IF(tenant_id IN ('', 'public'), 'public', tenant_id),
            'group', group_id, 'dataId', data_id, 'type', type, 'content', content)
        FROM nacos.config_info ORDER BY tenant_id, group_id, data_id" | gzip | seal >"$nacos"
    count=$(scratch --execute="SELECT COUNT(*) FROM nacos.config_info")
    [[ $(opened "$nacos" | wc -l) == "$count" ]] || fail "Nacos' configurations are not $count; they are not kept"
    name=$(keep_backup nacos "$nacos" "$WHY" $((SECONDS - began)) "$count configurations, out of MySQL as it was restored")
    cat "$FOLDER/$name.json"
    forget_backups nacos
fi
trim_binary_logs
