# Copies of backups in a bucket, on the host with the disk of backups.
#   backup-copies push                copies what the bucket lacks; nothing there is overwritten or removed
#   backup-copies pull [WHAT [COUNT]] brings back what the disk lacks: all, or of a kind, its newest COUNT, or one by its name
#   backup-copies check               what the bucket has: copies, bytes, the newest; fails where one lacks for 15 minutes
# Given by the caller: STACK BUCKET DISK (where the disk of backups is mounted) SETTINGS (rclone's own)

umask 077
export RCLONE_CONFIG=$SETTINGS
kinds="etcd mysql nacos"
# Nacos' are made with MySQL's.
folder_of() { if [[ $1 == nacos ]]; then echo mysql; else echo "$1"; fi; }

looked=""
tries=(--retries 2 --low-level-retries 3)

# rclone, whose errors become one line that says why.
bucket() {
    local status=0 said
    said=$(mktemp)
    timeout "${patience:-1200}" rclone --log-level ERROR --log-format "" "${tries[@]}" --contimeout 10s --timeout 60s \
        --buffer-size 4M --s3-upload-concurrency 2 "$@" 2>"$said" || status=$?
    if ((status == 3)); then
        echo "there is no bucket $BUCKET" >&2
    elif ((status == 124)); then
        echo "the bucket $BUCKET gave no answer within ${patience:-1200} s" >&2
    elif ((status)); then
        # The last error, in one line, and without what tells nobody anything.
        echo "the bucket $BUCKET can't be used: $(tail -n 2 "$said" | tr -s '\n\t' ' ' | sed 's/, request id:.*//; s/ *$//; s/^Failed to [^:]*: //; s/^last error was: //; s/^error in [^:]*: //')" >&2
    fi
    rm -f "$said"
    return "$status"
}

# Sets FOLDER and what the bucket has of it, names and bytes: `look KIND`. A folder of two kinds is listed once.
look() {
    FOLDER=$DISK/$(folder_of "$1")
    [[ $FOLDER != "$looked" ]] || return 0
    there=bucket:$BUCKET/$STACK/${FOLDER##*/}
    listed=$'\n'$(bucket lsf --files-only --format ps --separator ' ' "$there")
    looked=$FOLDER
}

in_bucket() { [[ $listed == *$'\n'"$1 "* ]]; }

# A file of FOLDER into the bucket. One that is there and differs is left, and is an error. rclone compares what came by MD5.
send() { bucket copy --immutable --checksum --no-traverse --files-from-raw - "$FOLDER" "$there" <<<"$1"; }

push() {
    local kind name failed=''
    for kind in $kinds; do
        look "$kind"
        for name in $(backups_of "$kind"); do
            in_bucket "$name.json" && continue
            # What is damaged stays where it is, and what has been forgotten meanwhile is no news.
            if ! check_backup "$name" 2>"$log"; then
                [[ ! -e $FOLDER/$name.json ]] || cat "$log" >&2
                continue
            fi
            if send "$name.sealed" && send "$name.json"; then
                echo "copied $name, $(told "$name" bytes) bytes"
            elif [[ -e $FOLDER/$name.json ]]; then
                failed=yes
            fi
        done
    done
    [[ ! $failed ]] || fail "not all could be copied to the bucket $BUCKET"
}

# One from the bucket to the disk, where it counts when it is whole, and not before.
bring() {
    local name=$1 part=$FOLDER/.pull bytes free
    rm -rf "$part"
    install -d -m 700 "$part"
    bucket cat "$there/$name.json" >"$part/$name.json" || return 1
    if ! jq -e --arg name "$name" '.name == $name' "$part/$name.json" >/dev/null 2>&1 || (($(wc -l <"$part/$name.json") != 1)); then
        echo "$name: its manifest in the bucket can't be read" >&2
        return 1
    fi
    bytes=$(jq '.bytes | floor' "$part/$name.json")
    free=$(df --block-size=1 --output=avail "$FOLDER" | tail -n 1)
    if ((bytes * 2 > free)); then
        rm -rf "$part"
        fail "$name: no room for its $bytes bytes on the disk of backups, which has $free"
    fi
    bucket cat "$there/$name.sealed" >"$part/$name.sealed" || return 1
    FOLDER=$part check_backup "$name" || return 1
    # The folder's group, which MySQL's is in its own, reads what is in it.
    chmod 640 "$part/$name".* && chown --reference="$FOLDER" "$part/$name".* &&
        mv "$part/$name.sealed" "$FOLDER/$name.sealed" && sync &&
        mv "$part/$name.json" "$FOLDER/$name.json" && sync || return 1
    echo "brought back $name, $bytes bytes"
}

pull() {
    local what=${1:-all} count=${2:-} kind name names good failed=''
    [[ $what == all || " $kinds " == *" ${what%%-*} "* ]] || fail "pull: $what: all, a backup's name, or one of $kinds"
    for kind in $kinds; do
        [[ $what == all || ${what%%-*} == "$kind" ]] || continue
        look "$kind"
        good=0
        mapfile -t names < <(sed -n "s/^\($kind-[0-9]\{8\}T[0-9]\{6\}Z\)\.json .*/\1/p" <<<"$listed" | sort -r)
        for name in "${names[@]}"; do
            [[ $what == all || $what == "$kind" || $what == "$name" ]] || continue
            [[ ! $count ]] || ((good < count)) || break
            if check_backup "$name" 2>/dev/null || bring "$name"; then
                good=$((good + 1))
            else
                failed=yes
            fi
        done
        rm -rf "$FOLDER/.pull"
        [[ $what != "$kind-"* ]] || ((good)) || fail "$what: it is not in the bucket $BUCKET"
    done
    [[ ! $failed ]] || fail "not all could be brought back; above is what"
}

check() {
    local kind name newest='' at copies=0 bytes=0 file lacking=() limit why=''
    limit=$(date -u -d '15 minutes ago' +%Y%m%dT%H%M%SZ)
    for kind in $kinds; do
        look "$kind"
        for name in $(backups_of "$kind"); do
            in_bucket "$name.json" || [[ ! ${name#*-} < $limit ]] || lacking+=("$name")
        done
        while read -r file _; do
            [[ $file == "$kind"-*.json ]] || continue
            copies=$((copies + 1))
            name=${file%.json}
            [[ ! ${name#*-} > ${newest#*-} ]] || newest=$name
        done <<<"$listed"
        # MySQL's folder has Nacos', too.
        [[ $kind == nacos ]] || bytes=$((bytes + $(awk '{ all += $2 } END { printf "%.0f", all }' <<<"$listed")))
        for name in "${lacking[@]}"; do
            [[ $name != "$kind"-* || $why ]] || why=$(check_backup "$name" 2>&1) || true
        done
    done
    if ((${#lacking[@]})); then
        fail "${#lacking[@]} older than 15 minutes not in the bucket $BUCKET, such as ${lacking[0]}: ${why:-journalctl -u backup-copies}"
    fi
    at=${newest#*-}
    printf 'copies %s %s %s\n' "$copies" "$bytes" "${at:+$(moment "$at" %FT%TZ)}"
}

verb=${1:-}
log=$(mktemp)
cleanup+=("$log")
mountpoint -q "$DISK" || fail "the disk of backups is not mounted on $DISK: systemctl start mount-data-disks"
case $verb in
push | pull)
    step "$verb: backups and the bucket $BUCKET"
    exec 9>/run/backup-copies.lock
    flock -w 600 9 || fail "others have been copied for 10 minutes: systemctl status backup-copies"
    "$@"
    ;;
check)
    # Its last words say why: somebody waits for them.
    finish() { rm -f "${cleanup[@]}"; }
    patience=10 tries=(--retries 1 --low-level-retries 1)
    check
    ;;
*)
    fail "backup-copies push | pull [WHAT [COUNT]] | check; not: $verb"
    ;;
esac
