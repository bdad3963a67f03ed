# Backups as files of a folder: NAME.sealed, and NAME.json that says what it is. The second is written last, and without
# it there is no backup. Sourced, after: FOLDER STACK KEEP_HOURS KEEP_DAYS, and KEY, a file with what they are sealed with.

seal() { openssl enc -aes-256-ctr -pbkdf2 -salt -pass "file:$KEY"; }

unseal() { openssl enc -d -aes-256-ctr -pbkdf2 -pass "file:$KEY"; }

# When, in a form of date's, of a moment as names have it: `moment AT FORMAT`.
moment() { date -u -d "${1:0:8} ${1:9:2}:${1:11:2}:${1:13:2}" "+$2"; }

# Takes a sealed file in: `keep_backup KIND FILE WHY SECONDS VERIFIED`. FILE is in the folder already. Prints the name.
keep_backup() {
    local kind=$1 file=$2 why=$3 seconds=$4 verified=$5 at name sum
    at=$(date -u +%Y%m%dT%H%M%SZ)
    name=$kind-$at
    sum=$(sha256sum "$file")
    mv "$file" "$FOLDER/$name.sealed"
    # The file is on the disk before anything says that it is.
    sync
    printf '{"name":"%s","kind":"%s","stack":"%s","at":"%s","bytes":%s,"sha256":"%s","seconds":%s,"why":"%s","verified":"%s"}\n' \
        "$name" "$kind" "$STACK" "$(moment "$at" %FT%TZ)" \
        "$(stat -c %s "$FOLDER/$name.sealed")" "${sum%% *}" "$seconds" "$why" "$verified" >"$FOLDER/.$name.json"
    mv "$FOLDER/.$name.json" "$FOLDER/$name.json"
    sync
    printf '%s\n' "$name"
}

# A text of a manifest: `told NAME KEY`.
told() {
    local text
    text=$(<"$FOLDER/$1.json")
    text=${text#*\""$2"\":}
    case $text in
        \"*) text=${text#\"} text=${text%%\"*} ;;
        *) text=${text%%[,\}]*} ;;
    esac
    printf '%s\n' "$text"
}

# Whether a backup is whole and of this stack. What is wrong goes to standard error: `check_backup NAME`.
check_backup() {
    local name=$1 sum
    if [[ ! -e $FOLDER/$name.json || ! -e $FOLDER/$name.sealed ]]; then
        echo "$name: there is no such backup" >&2
    elif [[ $(told "$name" stack) != "$STACK" ]]; then
        echo "$name: it is of stack $(told "$name" stack), and this is stack $STACK" >&2
    elif sum=$(sha256sum "$FOLDER/$name.sealed") && [[ ${sum%% *} != "$(told "$name" sha256)" ]]; then
        echo "$name: it is damaged: $(stat -c %s "$FOLDER/$name.sealed") bytes that are not the" \
            "$(told "$name" bytes) which were written" >&2
    else
        return 0
    fi
    return 1
}

# The names of a kind's backups, newest first: `backups_of KIND`.
backups_of() {
    local file
    for file in "$FOLDER/$1"-*.json; do
        [[ -e $file ]] && basename "$file" .json
    done | sort -r
}

# The newest backup of a kind that is whole: `newest_good KIND`. What is wrong with newer ones goes to standard error.
newest_good() {
    local name
    for name in $(backups_of "$1"); do
        check_backup "$name" && printf '%s\n' "$name" && return 0
    done
    echo "there is no whole backup of $1 in $FOLDER" >&2
    return 1
}

# Removes what the rule does not keep: `forget_backups KIND`. All of the last hour are kept, the first of each hour for
# KEEP_HOURS hours, the first of each day for KEEP_DAYS days; and the newest, however old it is. What has come back from
# elsewhere, and so has a file that is younger than its name says, is there to be restored, and is kept for a day.
forget_backups() {
    local name at age now back hour='' day='' newest
    now=$(date +%s)
    newest=$(backups_of "$1" | head -n 1)
    for name in $(backups_of "$1" | sort); do
        at=${name##*-}
        age=$((now - $(moment "$at" %s)))
        back=$((now - $(stat -c %Y "$FOLDER/$name.json")))
        if [[ $name == "$newest" ]] || ((age <= 3600)) || ((back <= 86400 && age - back > 3600)) ||
            { ((age <= KEEP_HOURS * 3600)) && [[ ${at:0:11} != "$hour" ]]; } ||
            { ((age <= KEEP_DAYS * 86400)) && [[ ${at:0:8} != "$day" ]]; }; then
            hour=${at:0:11}
            day=${at:0:8}
        else
            # Without its manifest it does not count any more, whatever happens then.
            rm -f "$FOLDER/$name.json" "$FOLDER/$name.sealed"
            echo "forgot $name"
        fi
    done
    # What was never finished.
    find "$FOLDER" -maxdepth 1 \( -name '*.sealed' -o -name '.*' \) -type f -mmin +120 | while read -r file; do
        [[ -e ${file%.sealed}.json ]] || rm -f "$file"
    done
}
