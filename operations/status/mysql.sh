# A row into MySQL and back, in a database of its own, in MySQL's pod. Prints the microseconds that it took.
# Given by the caller: ID (of the row)
sql="
    CREATE DATABASE IF NOT EXISTS status;
    CREATE TABLE IF NOT EXISTS status.probe (
        id CHAR(32) PRIMARY KEY, written TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) ENGINE = InnoDB;
    INSERT INTO status.probe (id) VALUES ('$ID');
    SELECT id FROM status.probe WHERE id = '$ID';
    DELETE FROM status.probe WHERE id = '$ID' OR written < NOW() - INTERVAL 1 HOUR;"
began=${EPOCHREALTIME/./}
read=$(mysql --defaults-file=/run/mysqld/client.cnf --batch --skip-column-names --execute "$sql" </dev/null) || exit 1
if [[ $read != "$ID" ]]; then
    echo "the row that was written was not the one that was read" >&2
    exit 1
fi
echo $((${EPOCHREALTIME/./} - began))
