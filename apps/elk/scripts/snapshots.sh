# Snapshots of the indices of logs, on the volume of backups: one a day, verified, and those removed that are older than the
# rule says. The product's own keeper of snapshots is not in every build. What there is, is in the repository itself.
# Sourced by keeper.sh. Environment: STACK BACKUP_DAYS
day=86400
registered=""
# When a snapshot was begun last, which may have failed; and its name until its end was seen.
tried=0
begun=""

register() {
    es PUT /_snapshot/backup '{"type": "fs", "settings": {"location": "/backup"}}' >/dev/null && registered=yes
}

begin() {
    local indices="logs-0*,logs-refused*" documents name
    es POST /_snapshot/backup/_verify >/dev/null || return
    # As many are in it at least, by which a restore is measured.
    documents=$(es GET "/_cat/count/$indices?h=count") || return
    name=es-$(date -u +%Y%m%dt%H%M%Sz)
    es PUT "/_snapshot/backup/$name" "{\"indices\": \"$indices\", \"include_global_state\": false,
        \"metadata\": {\"stack\": \"$STACK\", \"why\": \"schedule\", \"documents\": ${documents//[^0-9]/}}}" >/dev/null || return
    begun=$name
}

forget() {
    es DELETE "/_snapshot/backup/$1" >/dev/null && say "removed snapshot $1: $2"
}

back_up() {
    local all now name status began failed shards newest="" newest_at=0
    [[ $registered ]] || register || return
    all=$(es GET "/_cat/snapshots/backup?h=id,status,start_epoch,failed_shards,total_shards&s=start_epoch") || {
        registered=""
        return 1
    }
    # What is named otherwise was made by hand, and is left alone.
    all=$(grep '^es-' <<<"$all")
    now=$(date +%s)
    while read -r name status began failed shards; do
        if [[ $status == IN_PROGRESS ]]; then
            return
        elif [[ $status == SUCCESS && $failed == 0 ]]; then
            newest=$name newest_at=$began
            [[ $name != "$begun" ]] || say "made snapshot $name: all of $shards shards"
        else
            say "BACKUP FAILED: snapshot $name is $status, $failed of $shards shards failed" >&2
            forget "$name" "it is not whole"
        fi
    done < <(printf '%s' "${all:+$all$'\n'}")
    begun=""
    while read -r name status began _; do
        [[ $status != SUCCESS || $name == "$newest" ]] || ((now - began <= BACKUP_DAYS * day)) ||
            forget "$name" "older than $BACKUP_DAYS days"
    done <<<"$all"
    ((now - newest_at >= day && now - tried >= 600)) || return 0
    tried=$now
    begin || {
        say "BACKUP FAILED: no snapshot was begun; the newest is ${newest:-none}" >&2
        return 1
    }
}
