#!/bin/bash
# Starts MySQL on its data disk. An empty database is made only on a disk that has never carried one.
# /data is the disk's volume; /secrets holds the passwords of root and of backup and, in users/, one file per database user.
set -euo pipefail
data=/data/mysql
marker=/data/.carries-mysql
run=/run/mysqld

carries_data() {
    [[ -e $data/mysql.ibd || -d $data/mysql ]]
}

if ! carries_data; then
    if [[ -e $marker ]]; then
        cat >&2 <<MESSAGE
REFUSED: this disk has carried a MySQL database since $(<"$marker"), and now there is none in $data.
Nothing was initialised, so that nothing can be overwritten. Do one of these:
  - bring the data back: restore a snapshot of the disk, or put the files back into $data;
  - if it is meant to begin empty, remove the file $marker on the disk and delete this pod.
MESSAGE
        exit 1
    fi
    if [[ -n $(ls -A "$data" 2>/dev/null) ]]; then
        echo "REFUSED: $data has files, but no whole database. Nothing was changed; look at them, or move them away." >&2
        exit 1
    fi
    echo "This disk has never carried a database: making an empty one."
    rm -rf "$data.new"
    mkdir -p "$data.new"
    mysqld --no-defaults --initialize-insecure --datadir="$data.new" --character-set-server=utf8mb4
    # Only a whole database takes the place.
    rm -rf "$data"
    mv "$data.new" "$data"
    sync
fi
[[ -e $marker ]] || date -u +%FT%TZ >"$marker"
sync

# Passwords and users are brought to what the stack says at every start: a disk outlives the passwords it was made with.
umask 077
root=$(</secrets/root)
backup=$(</secrets/backup)
{
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$root';"
    # A restore makes databases, users and what belongs to other users.
    echo "CREATE USER IF NOT EXISTS 'backup'@'%' IDENTIFIED BY '$backup';"
    echo "ALTER USER 'backup'@'%' IDENTIFIED BY '$backup';"
    echo "GRANT ALL PRIVILEGES ON *.* TO 'backup'@'%' WITH GRANT OPTION;"
    for file in /secrets/users/*; do
        name=${file##*/}
        echo "CREATE DATABASE IF NOT EXISTS \`$name\` CHARACTER SET utf8mb4;"
        echo "CREATE USER IF NOT EXISTS '$name'@'%' IDENTIFIED BY '$(<"$file")';"
        echo "ALTER USER '$name'@'%' IDENTIFIED BY '$(<"$file")';"
        echo "GRANT ALL ON \`$name\`.* TO '$name'@'%';"
    done
} >$run/init.sql
printf '[client]\nuser=root\npassword=%s\nsocket=%s/mysqld.sock\n' "$root" $run >$run/client.cnf

# Binary logs of 7 days; the backups' script removes earlier ones where they take too much of the disk.
exec mysqld --no-defaults --datadir="$data" --socket=$run/mysqld.sock --pid-file=$run/mysqld.pid --init-file=$run/init.sql \
    --character-set-server=utf8mb4 --skip-name-resolve --mysqlx=OFF --secure-file-priv=NULL \
    --innodb-buffer-pool-size="$BUFFER_POOL" --max-connections=200 \
    --binlog-expire-logs-seconds=604800 --max-binlog-size=128M
