# What was written to the live server after a backup, up to a moment. The server to restore into fetches the live one's binary
# logs as a replica does, and plays them up to there. Sourced after scratch.sh.

# No other server has this number.
replica_id=4294967295

# Before the server to restore into is started. Users and what they may do are not played: the stack's own are not there.
prepare_replay() {
    # shellcheck disable=SC2034 # start_scratch reads it
    scratch_flags=("--server-id=$replica_id" --relay-log=/scratch/data/relay '--replicate-wild-ignore-table=mysql.%')
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

# Of what was fetched, where in the live server's binary logs the first transaction begins that ended after a moment, or
# where all ends; and when the last one before it was: `end_of FILE POSITION MOMENT`, moments in seconds since 1970. The image
# has no mysqlbinlog; what an event's first 19 bytes are is the same since MySQL 5.0: time, type, server, size, end, flags.
end_of() {
    local relay line=4096
    for relay in /scratch/data/relay.[0-9]*; do
        echo new
        od -An -v -tu1 -w"$line" "$relay"
    done | awk -v file="$1" -v last="$2" -v moment="$3" -v own="$replica_id" -v line=$line '
        function number(at) { return $at + 256 * $(at + 1) + 65536 * $(at + 2) + 16777216 * $(at + 3) }
        # Where an event of the other kind leads to: its name is followed by a checksum, or is not.
        function rotate(at, size,    length_, i) {
            length_ = size - 27
            if (length_ - 4 >= length(file)) length_ -= 4
            file = ""
            for (i = 0; i < length_; i++) file = file sprintf("%c", $(at + 27 + i))
            last = number(at + 19)
        }
        function event(at,    time, type, end) {
            time = number(at); type = $(at + 4); end = number(at + 13)
            # Those of the replica itself are in these files, too.
            if (number(at + 5) == own) return
            if (type == 4) { rotate(at, number(at + 9)); return }
            if (end == 0 || found) return
            # Format, identifiers of before, end of a file: no writes.
            if (type == 15 || type == 35 || type == 3) { last = end; return }
            # Each transaction begins with its identifier.
            if (type == 33 || type == 34 || type == 42) { if (pending) before = pending; begin = last; at_file = file }
            if (time > moment) { found = 1; return }
            pending = time
            last = end
        }
        BEGIN { begin = last; at_file = file; before = 0 }
        # After the four bytes that each file begins with.
        $1 == "new" { base = 0; next_event = 4; rest = ""; next }
        # All of this line belongs to an event that began before.
        rest == "" && next_event >= base + line { base += line; next }
        {
            if (rest != "") $0 = rest " " $0
            while (next_event - base + 19 <= NF) {
                at = next_event - base + 1
                size = number(at + 9)
                if ($(at + 4) == 4 && next_event - base + size > NF) break
                event(at)
                next_event += size
            }
            rest = ""
            if (next_event - base < NF) {
                for (i = next_event - base + 1; i <= NF; i++) rest = rest (rest == "" ? "" : " ") $i
                base = next_event
            } else base += NF
        }
        END { if (!found) { begin = last; at_file = file; if (pending) before = pending } print at_file, begin, before }'
}

# Plays what was written after a backup: `replay SEALED-FILE MOMENT`, as in 2026-01-02 03:04:05, of UTC. Sets `how_far`.
replay() {
    local file position size name found before until_file until_position
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
    found=$(end_of "$file" "$position" "$(date -d "$2 UTC" +%s)")
    read -r until_file until_position before <<<"$found"
    if [[ $until_file != "$file" || $until_position != "$position" ]]; then
        scratch --execute="START $replica SQL_THREAD UNTIL ${origin}_LOG_FILE = '$until_file', ${origin}_LOG_POS = $until_position"
        await_replica "what was written after the backup can't be played" played "$until_file" "$until_position"
    fi
    scratch --execute="STOP $replica; RESET $replica ALL"
    how_far="nothing was written between the backup and then"
    # shellcheck disable=SC2034 # the plan says it
    ((before == 0)) || how_far="the last before then was written at $(date -u -d "@$before" '+%F %T') UTC"
}
