# Puts etcd's database back where a drill has damaged it, and nobody has restored it.
# Given by the caller: DATA (etcd's folder) MANIFEST (of its pod) STOPPED (where a restore has manifests meanwhile) LOCK (of
# who works on etcd)
set -euo pipefail
exec 9>"$LOCK"
# A restore comes to its end first: it puts back itself what it can't restore.
flock -w 240 9 || { echo "a restore of etcd has been at work for 240 s: systemctl status etcd-restore" >&2 && exit 1; }
db=$DATA/member/snap/db
stopped() { until ! pgrep -x etcd >/dev/null; do sleep 0.5; done; }
if [[ -e $STOPPED/etcd.yaml && ! -e $db.drill-away ]]; then
    # One that was broken off has moved it.
    stopped
    for folder in "$DATA".before-*; do
        [[ ! -e $folder/member/snap/db.drill-away ]] || before=$folder
    done
    if [[ ${before:-} ]]; then
        rm -rf "$DATA"
        mv "$before" "$DATA"
    fi
fi
if [[ -e $db.drill-away ]]; then
    [[ ! -e $MANIFEST ]] || mv "$MANIFEST" "$DATA.drill.yaml"
    stopped
    mv "$db.drill-away" "$db"
fi
[[ ! -e $DATA.drill.yaml ]] || mv "$DATA.drill.yaml" "$MANIFEST"
for file in "$STOPPED"/*.yaml; do
    [[ ! -e $file ]] || mv "$file" "${MANIFEST%/*}/"
done
[[ ! -d $STOPPED ]] || rmdir "$STOPPED"
