# Two servers: the live one, asked as the user backup, and one of the pod's own, to restore into. Sourced.
# /secrets has client.cnf, the way to the live one; /scratch is the folder of the other.
export KEY=/secrets/key

common=(--default-character-set=utf8mb4 --max-allowed-packet=1G)
quiet=("${common[@]}" --batch --skip-column-names --raw)
live_way=(--defaults-file=/secrets/client.cnf)
scratch_way=(--no-defaults --socket=/scratch/mysqld.sock --user=root)
live() { mysql "${live_way[@]}" "${quiet[@]}" "$@"; }
scratch() { mysql "${scratch_way[@]}" "${quiet[@]}" "$@"; }
scratch_with_names() { mysql "${scratch_way[@]}" "${common[@]}" "$@"; }

own_databases="('mysql', 'sys', 'information_schema', 'performance_schema')"

fail() {
    echo "$*" >&2
    exit 1
}

# Files that are removed at the end, whatever it is: `leave_nothing FILE…`.
leave_nothing() { leftovers=("$@"); }
leftovers=()
scratch_pid=''
end() {
    if [[ -n $scratch_pid ]]; then
        kill -KILL "$scratch_pid" 2>/dev/null || true
        wait "$scratch_pid" 2>/dev/null || true
    fi
    rm -rf /scratch/data "${leftovers[@]}"
}
trap end EXIT
trap 'exit 143' TERM

# Flags that it is started with besides.
scratch_flags=()

# Starts the pod's own server, empty, with little memory and no network. It ends with the script.
start_scratch() {
    local flags try
    flags=(--no-defaults --datadir=/scratch/data --socket=/scratch/mysqld.sock --pid-file=/scratch/mysqld.pid
        --log-error=/scratch/mysqld.log --character-set-server=utf8mb4 --performance-schema=OFF --event-scheduler=OFF
        --innodb-buffer-pool-size=64M --loose-innodb-redo-log-capacity=64M --innodb-doublewrite=OFF
        --innodb-flush-log-at-trx-commit=0 --table-open-cache=64 --max-connections=8 --max-allowed-packet=1G
        --skip-networking --skip-log-bin --loose-mysqlx=OFF --secure-file-priv=NULL)
    rm -rf /scratch/data /scratch/mysqld.log
    mkdir -p /scratch/data
    mysqld "${flags[@]}" --initialize-insecure || scratch_failed
    mysqld "${flags[@]}" "${scratch_flags[@]}" &
    scratch_pid=$!
    for ((try = 0; try < 120; try++)); do
        mysqladmin "${scratch_way[@]}" --silent ping >/dev/null 2>&1 && return 0
        kill -0 "$scratch_pid" 2>/dev/null || break
        sleep 0.5
    done
    scratch_failed
}

scratch_failed() {
    tail -n 5 /scratch/mysqld.log >&2 || true
    fail "the server to restore into did not start; see above"
}

# A dump as SQL: `dump live|scratch ARGUMENT…`. The first line of MariaDB's tools, which others do not understand, is left
# out.
dump() {
    local way=("${live_way[@]}")
    [[ $1 == live ]] || way=("${scratch_way[@]}")
    shift
    mysqldump "${way[@]}" "${common[@]}" --single-transaction --routines --events --triggers --hex-blob --no-tablespaces \
        --skip-comments "$@" | sed -e '1{/999999/d}'
}

# A backup is a dump, this line, and the users; and the two apart again.
mark="-- The users that were made by hand"
add_users() {
    echo "$mark"
    users "$1"
}
databases_in() { opened "$1" | sed -e "/^$mark\$/,\$d"; }
users_in() { opened "$1" | sed -e "1,/^$mark\$/d"; }

# What two dumps of the same have alike: every row, and every name and type. Not alike are where in the binary log they were
# made, and the words that a server has for views and for what columns take from their table.
digest() {
    # shellcheck disable=SC2016
    sed -E -e '/^-- CHANGE /d' -e 's/^(\/\*!50001 (CREATE VIEW|VIEW) `[^`]*`).*/\1/' \
        -e 's/^(  `[^`]*` [a-z]+).*/\1/' -e 's/^(\) ENGINE=[A-Za-z]+).*/\1/' | sha256sum
}

# The SQL of a sealed file.
opened() { unseal <"$1" | gunzip; }

# Runs SQL as it is: nothing in it is a command to the client.
load() { "$1" --binary-mode; }

# The databases of a server that are not its own, a line each: `databases live|scratch`.
databases() {
    "$1" --execute="SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN $own_databases ORDER BY 1"
}

# A text as SQL has it.
text() {
    local escaped=${1//\\/\\\\}
    printf "'%s'" "${escaped//\'/\\\'}"
}

# What to look at: all databases, or DATABASE, or TABLE of it. For a WHERE on tables.
wanted() {
    local where="table_type = 'BASE TABLE' AND table_schema NOT IN $own_databases"
    [[ -z ${DATABASE:-} ]] || where+=" AND table_schema = $(text "$DATABASE")"
    [[ -z ${TABLE:-} ]] || where+=" AND table_name = $(text "$TABLE")"
    printf '%s' "$where"
}

# The wanted tables of a server: `facts live|scratch [checksum]` prints name, rows and, if asked for, a checksum.
facts() {
    local place="CONCAT('\`', REPLACE(table_schema, '\`', '\`\`'), '\`.\`', REPLACE(table_name, '\`', '\`\`'), '\`')"
    local ask="CONCAT('SELECT ', QUOTE(CONCAT(table_schema, '.', table_name)), ', COUNT(*) FROM ', $place, ';')"
    local name rows checksum=''
    [[ -z ${2:-} ]] || ask="CONCAT($ask, 'CHECKSUM TABLE ', $place, ';')"
    "$1" --execute="SELECT $ask FROM information_schema.tables WHERE $(wanted) ORDER BY table_schema, table_name" |
        "$1" | while IFS=$'\t' read -r name rows; do
        [[ -z ${2:-} ]] || IFS=$'\t' read -r _ checksum
        printf '%s\t%s\t%s\n' "$name" "$rows" "$checksum"
    done
}

# The users that somebody made by hand, with what they may do, as SQL: `users live|scratch`. Not those of MySQL and of the
# stack, STACK_USERS (names), which each start of MySQL brings to what they should be.
users() {
    local name own=" ('root', 'localhost'), ('backup', '%'), ('mysql.sys', 'localhost'), ('mysql.session', 'localhost'),
        ('mysql.infoschema', 'localhost')"
    for name in $STACK_USERS; do own+=", ('$name', '%')"; done
    local who="CONCAT(QUOTE(user), '@', QUOTE(host))" these="FROM mysql.user WHERE (user, host) NOT IN ($own) ORDER BY user, host"
    local created defaults=''
    if [[ -n $("$1" --execute="SHOW VARIABLES LIKE 'print_identified_with_as_hex'") ]]; then
        while IFS= read -r created; do
            created=${created#CREATE USER }
            # Roles are given later.
            if [[ $created =~ ^(.*)\ DEFAULT\ ROLE\ (.*)(\ REQUIRE\ .*)$ ]]; then
                created=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
                defaults+="ALTER USER ${created%% IDENTIFIED *} DEFAULT ROLE ${BASH_REMATCH[2]};"$'\n'
            fi
            printf 'CREATE USER IF NOT EXISTS %s;\nALTER USER %s;\n' "$created" "$created"
        done < <({
            echo "SET print_identified_with_as_hex = ON;"
            "$1" --execute="SELECT CONCAT('SHOW CREATE USER ', $who, ';') $these"
        } | "$1")
    else
        # Before 8.0.17 there is no safe text of what a password became.
        local entry="CONCAT($who, ' IDENTIFIED WITH ', QUOTE(plugin), ' AS ', QUOTE(authentication_string),
            IF(account_locked = 'Y', ' ACCOUNT LOCK', ''))"
        "$1" --execute="SELECT CONCAT('CREATE USER IF NOT EXISTS ', $entry, ';\nALTER USER ', $entry, ';') $these"
    fi
    "$1" --execute="SELECT CONCAT('SHOW GRANTS FOR ', $who, ';') $these" | "$1" | sed -e 's/$/;/'
    printf '%s' "$defaults"
}
