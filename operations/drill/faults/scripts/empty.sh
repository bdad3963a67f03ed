# Moves MySQL's files aside on its disk, as if they were gone. They come back by fill.sh.
# Given by the caller: VOLUME (folder of the volume on this host)
set -euo pipefail
[[ ! -e $VOLUME/mysql.drill-away ]] || { echo "$VOLUME/mysql.drill-away is there already, of an earlier drill" >&2 && exit 1; }
mv "$VOLUME/mysql" "$VOLUME/mysql.drill-away"
