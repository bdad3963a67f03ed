#!/bin/bash
# Gives Nacos its tables where it has none: the server makes none by itself. /run/nacos holds the schema that came with
# the server's image, /secrets/client.cnf how MySQL is reached. Environment: ADMIN_DIGEST, of the administrator's password
set -euo pipefail
schema=/run/nacos/mysql-schema.sql
client=(mysql --defaults-file=/secrets/client.cnf --default-character-set=utf8mb4 --batch --skip-column-names)

query() {
    "${client[@]}" --execute="$1" nacos
}

has() {
    [[ $'\n'$tables$'\n' == *$'\n'"$1"$'\n'* ]]
}

# The administrator has the stack's password. One with a password that an earlier life of the stack gave is forgotten, for
# admin.sh to make anew; a password that a person has set since then stays.
administrator() {
    query "CREATE TABLE IF NOT EXISTS stack_administrator (digest VARCHAR(64) NOT NULL)"
    if [[ $(query "SELECT digest FROM stack_administrator") == "$ADMIN_DIGEST" ]]; then return; fi
    query "DELETE FROM roles WHERE username = 'nacos'; DELETE FROM users WHERE username = 'nacos'"
    query "DELETE FROM stack_administrator; INSERT INTO stack_administrator VALUES ('$ADMIN_DIGEST')"
    echo "The administrator gets the stack's password."
}

for ((try = 0; ; try++)); do
    if said=$(query "SELECT 1" 2>&1); then break; fi
    if ((try == 150)); then
        echo "MySQL has not answered for 5 minutes: $said" >&2
        exit 1
    fi
    if ((try % 15 == 0)); then echo "Waiting for MySQL: $said"; fi
    sleep 2
done

tables=$(query "SHOW TABLES")
if has config_info; then
    echo "The tables are there: nothing to do."
    administrator
    exit 0
fi
if has users && [[ $(query "SELECT COUNT(*) FROM users") != 0 ]]; then
    cat >&2 <<'MESSAGE'
REFUSED: the database nacos has been in use, and now its table config_info is missing.
Nothing was made, so that nothing can be overwritten. Restore the database; or drop all of its tables, if it is meant to
begin empty; then delete this pod.
MESSAGE
    exit 1
fi

# MySQL keeps every table as soon as it is made. So config_info, by which a whole schema is known, is made last, and what
# an attempt that was cut off has made is passed over.
create="^[[:space:]]*CREATE TABLE (IF NOT EXISTS )?[\`]?([a-z_]+)[\`]?"
table=""
rest=""
last=""
while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ $create ]]; then
        table=${BASH_REMATCH[2]}
        line="CREATE TABLE IF NOT EXISTS $table${line#"${BASH_REMATCH[0]}"}"
    fi
    if [[ $table == config_info ]]; then last+=$line$'\n'; else rest+=$line$'\n'; fi
    if [[ $line =~ \;[[:space:]]*$ ]]; then table=""; fi
done <"$schema"
if [[ -z $last ]]; then
    echo "REFUSED: $schema makes no table config_info. Nothing was made." >&2
    exit 1
fi
printf '%s' "$rest" "$last" | "${client[@]}" nacos
echo "The tables are made."
administrator
