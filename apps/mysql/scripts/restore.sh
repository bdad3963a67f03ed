#!/bin/bash
# Restores MySQL from a backup: into a server of the pod's own first, which proves that it can be read, and from there what is
# wanted into the live one. Lines of the result begin with "result: ".
# /secrets has client.cnf and key. Environment: FOLDER STACK STACK_USERS; BACKUP (a name, or empty for the newest that is
# whole), DATABASE and TABLE (empty: all of them), UNTIL (a moment of UTC, as 2026-01-02 03:04:05, up to which what was
# written after the backup is played; empty: nothing is), MODE (plan: only say what would be done; restore: do it)
set -euo pipefail
# shellcheck source=cluster/scripts/backups.sh
. /scripts/backups.sh
# shellcheck source=apps/mysql/scripts/scratch.sh
. /scripts/scratch.sh
# shellcheck source=apps/mysql/scripts/replay.sh
. /scripts/replay.sh

result() { echo "result: $*"; }

if [[ -n $BACKUP ]]; then
    check_backup "$BACKUP" || fail "$BACKUP is not restored; the newest that is whole: $(newest_good mysql 2>/dev/null || echo none)"
else
    BACKUP=$(newest_good mysql)
fi
made=$(told "$BACKUP" at)
of="in the backup"
if [[ $UNTIL ]]; then
    (($(date -d "$made" +%s) <= $(date -d "$UNTIL UTC" +%s))) || fail "$BACKUP was made at $made, after $UNTIL UTC: name an earlier one"
    of="at $UNTIL UTC"
    prepare_replay
fi
start_scratch
opened "$FOLDER/$BACKUP.sealed" | load scratch || fail "$BACKUP can't be restored; nothing was changed"
[[ ! $UNTIL ]] || replay "$FOLDER/$BACKUP.sealed" "$UNTIL"
mapfile -t names < <(databases scratch)
what="all databases"
if [[ -n $DATABASE ]]; then
    [[ " ${names[*]} " == *" $DATABASE "* ]] || fail "there is no database $DATABASE $of; there are ${names[*]}"
    names=("$DATABASE")
    what="database $DATABASE"
fi
here=$(facts scratch)
if [[ -n $TABLE ]]; then
    [[ -n $here ]] || fail "there is no table $DATABASE.$TABLE $of; there are $(TABLE='' facts scratch | cut -f 1 | tr '\n' ' ')"
    what="table $DATABASE.$TABLE"
fi

if [[ $MODE == plan ]]; then
    result "restores $what from $BACKUP, made $made ($(told "$BACKUP" why))"
    [[ ! $UNTIL ]] || result "and plays what was written after it until $UNTIL UTC: $how_far"
    declare -A now=() known=()
    while IFS=$'\t' read -r name rows _; do [[ -z $name ]] || now[$name]=$rows; done < <(facts live)
    while IFS=$'\t' read -r name rows _; do
        [[ -n $name ]] || continue
        known[$name]=1
        if [[ -n ${now[$name]-} ]]; then
            result "$name: ${now[$name]} rows now, $rows $of"
        else
            result "$name: not there now, $rows rows $of"
        fi
    done <<<"$here"
    for name in "${!now[@]}"; do
        if [[ -n ${known[$name]-} ]]; then
            continue
        elif [[ " ${names[*]} " == *" ${name%%.*} "* ]]; then
            result "$name: ${now[$name]} rows now, not $of: it is removed"
        else
            result "$name: ${now[$name]} rows now, in no database that was there $of: it stays"
        fi
    done | sort
    if [[ -z $DATABASE ]]; then
        result "users that were made by hand: $(users scratch | grep -c '^ALTER USER .* IDENTIFIED ' || true) in the backup; those that were made since then stay"
    fi
    exit 0
fi

if [[ -n $TABLE ]]; then
    # Routines and events are the database's.
    dump scratch --skip-routines --skip-events "$DATABASE" "$TABLE" | { live --binary-mode "$DATABASE"; }
else
    dump scratch --add-drop-database --databases "${names[@]}" | load live
fi || fail "$what could not be restored whole: run it again, or restore what was before it"

different=0
declare -A found=()
while IFS=$'\t' read -r name rows sum; do [[ -z $name ]] || found[$name]="$rows $sum"; done < <(facts live checksum)
while IFS=$'\t' read -r name rows sum; do
    [[ -n $name ]] || continue
    if [[ ${found[$name]-} == "$rows $sum" ]]; then
        result "$name: $rows rows, checksum $sum, as $of"
    else
        different=1
        result "$name: $rows rows $of; ${found[$name]-no table} (rows, checksum) now, which is not the same"
    fi
done < <(facts scratch checksum)
# Who was gone with the data, and is let in again, writes at once.
if [[ -z $DATABASE ]]; then users scratch | load live; fi
if [[ " ${names[*]} " == *" nacos "* ]]; then
    result "Nacos' server has copies of what was there: kubectl -n nacos rollout restart deployment nacos"
fi
((different == 0)) || fail "something is not as it was $of: somebody writes to it meanwhile, or restore it again"
