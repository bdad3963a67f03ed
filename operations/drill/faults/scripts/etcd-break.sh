# Has etcd's database be one that nobody can read, as a failing disk leaves it. It comes back by etcd-mend.sh.
# Given by the caller: DATA (etcd's folder) MANIFEST (of its pod) LOCK (of who works on etcd)
set -euo pipefail
exec 9>"$LOCK"
flock -w 90 9 || { echo "a backup or a restore of etcd has been at work for 90 s" >&2 && exit 1; }
db=$DATA/member/snap/db
[[ ! -e $db.drill-away ]] || { echo "$db.drill-away is there already, of an earlier drill" >&2 && exit 1; }
mv "$MANIFEST" "$DATA.drill.yaml"
until ! pgrep -x etcd >/dev/null; do sleep 0.5; done
mv "$db" "$db.drill-away"
head -c 65536 /dev/zero >"$db"
mv "$DATA.drill.yaml" "$MANIFEST"
