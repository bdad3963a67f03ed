# Puts etcd's database back where a drill has damaged it, and nobody has restored it.
# Given by the caller: DATA (etcd's folder) MANIFEST (of its pod)
set -euo pipefail
db=$DATA/member/snap/db
if [[ -e $db.drill-away ]]; then
    [[ ! -e $MANIFEST ]] || mv "$MANIFEST" "$DATA.drill.yaml"
    until ! pgrep -x etcd >/dev/null; do sleep 0.5; done
    mv "$db.drill-away" "$db"
fi
[[ ! -e $DATA.drill.yaml ]] || mv "$DATA.drill.yaml" "$MANIFEST"
