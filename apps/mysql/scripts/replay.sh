# What was written to the live server after a backup, up to a moment. The server to restore into fetches the live one's binary
# logs as a replica does, and plays them up to there. Sourced after scratch.sh.

# Before the server to restore into is started. Users and what they may do are not played: the stack's own are not there.
prepare_replay() {
    # shellcheck disable=SC2034 # start_scratch reads it
    scratch_flags=(--server-id=4294967295 --relay-log=/scratch/data/relay '--replicate-wild-ignore-table=mysql.%')
}

# Seconds until the binary logs are fetched, and until they are played.
replay_patience=1800

# Of the way to the live server: `setting host`.
setting() { sed -n "s/^$1=//p" /secrets/client.cnf | head -n 1; }

# The words for replicas are others since 8.0.23; the former ones are gone in 8.4.
replica_words() {
    local version
    version=$(live --execute="SELECT VERSION()")
    if [[ $(printf '8.0.23\n%s\n' "${version%%-*}" | sort -V) == 8.0.23* ]]; then
        origin=SOURCE replica=REPLICA change="CHANGE REPLICATION SOURCE"
    else
        origin=MASTER replica=SLAVE change="CHANGE MASTER"
    fi
}

# What the replica says of itself, by a pattern of its name: `replica_says NAME`.
replica_says() {
    scratch_with_names --execute="SHOW $replica STATUS\G" | sed -n -E "s/^ *$1: //p"
}

# Until the replica has what is wanted: `await_replica WHAT CONDITION…`. Fails with its errors.
await_replica() {
    local what=$1 deadline=$((SECONDS + replay_patience)) error
    shift
    until "$@"; do
        error=$(replica_says 'Last_(IO|SQL)_Error')
        [[ ! ${error//$'\n'/} ]] || fail "$what: $error"
        ((SECONDS < deadline)) || fail "$what: not done within $replay_patience s"
        sleep 0.5
    done
}

fetched() { # FILE POSITION
    local file position
    file=$(replica_says '(Master|Source)_Log_File')
    position=$(replica_says 'Read_(Master|Source)_Log_Pos')
    [[ $file > $1 ]] || { [[ $file == "$1" ]] && ((position >= $2)); }
}

played() { # FILE POSITION
    [[ $(replica_says '(Slave|Replica)_SQL_Running') == No ]] || return 1
    [[ $(replica_says 'Relay_(Master|Source)_Log_File') == "$1" ]] && (($(replica_says 'Exec_(Master|Source)_Log_Pos') >= $2))
}

# Of what was fetched, where the first transaction begins in the live server's binary logs that ended after a moment, or
# where all ends; and when the last one before it was: `end_of FILE POSITION MOMENT`, moments as yymmdd hh:mm:ss. Events
# of the replica itself are in these files, too.
end_of() {
    local reader
    reader=$(command -v mysqlbinlog || command -v mariadb-binlog) || fail "this image has no mysqlbinlog: no moment can be found"
    TZ=UTC "$reader" --no-defaults --base64-output=decode-rows /scratch/data/relay.[0-9]* |
        awk -v file="$1" -v last="$2" -v moment="$3" '
            BEGIN { begin = last; at = file; before = "-" }
            !/^#[0-9][0-9][0-9][0-9][0-9][0-9] .* server id / || $5 == 4294967295 { next }
            /\tRotate to / { sub(/.*\tRotate to /, ""); file = $1; last = $3; next }
            /\tStart: / { if ($7 > 0) last = $7; next }
            !found {
                clock = length($2) == 7 ? "0" $2 : $2
                when = substr($1, 2) " " clock
                # Each transaction begins with its identifier, which not every reader knows by name.
                if (/\t(Anonymous_)?GTID|\tAnonymous_Gtid|\tIgnorable/) { if (pending) before = pending; begin = last; at = file }
                if (when > moment) { found = 1; next }
                pending = when
                last = $7
            }
            END { if (!found) { begin = last; at = file; if (pending) before = pending } print at, begin, before }'
}

# Plays what was written after a backup: `replay SEALED-FILE MOMENT`, as in 2026-01-02 03:04:05, of UTC. Sets `how_far`.
replay() {
    local file position size name found moment until_file until_position
    found=$({ opened "$1" | sed -n -E "s/^-- CHANGE .*_LOG_FILE='([^']*)', .*_LOG_POS=([0-9]+);.*/\1 \2/p;T;q"; } || true)
    read -r file position <<<"$found"
    [[ $position ]] || fail "the backup does not say where in the binary logs it was made: take another one"
    replica_words
    read -r name size _ <<<"$(live --execute="SHOW BINARY LOGS" | tail -n 1)"
    scratch <<SQL
$change TO ${origin}_HOST = $(text "$(setting host)"), ${origin}_PORT = $(setting port),
    ${origin}_USER = $(text "$(setting user)"), ${origin}_PASSWORD = $(text "$(setting password)"), GET_${origin}_PUBLIC_KEY = 1,
    ${origin}_LOG_FILE = $(text "$file"), ${origin}_LOG_POS = $position;
START $replica IO_THREAD;
SQL
    await_replica "the binary logs since the backup can't be had, so choose a later backup" fetched "$name" "$size"
    scratch --execute="STOP $replica IO_THREAD"
    moment=$(date -u -d "$2 UTC" '+%y%m%d %T')
    found=$(end_of "$file" "$position" "$moment")
    read -r until_file until_position moment <<<"$found"
    if [[ $until_file != "$file" || $until_position != "$position" ]]; then
        scratch --execute="START $replica SQL_THREAD UNTIL ${origin}_LOG_FILE = '$until_file', ${origin}_LOG_POS = $until_position"
        await_replica "what was written after the backup can't be played" played "$until_file" "$until_position"
    fi
    scratch --execute="STOP $replica; RESET $replica ALL"
    how_far="nothing was written between the backup and then"
    if [[ $moment != - ]]; then
        moment=$(date -u -d "20${moment:0:2}-${moment:2:2}-${moment:4:2} ${moment:7}" '+%F %T')
        # shellcheck disable=SC2034 # the plan says it
        how_far="the last before then was written at $moment UTC"
    fi
}
