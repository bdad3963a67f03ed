# Moves MySQL's files back to where they were, if a drill has moved them aside.
# Given by the caller: VOLUME (folder of the volume on this host)
set -euo pipefail
[[ -e $VOLUME/mysql.drill-away ]] || exit 0
# Else an empty database would have been made where data was expected, and the move would go into it.
[[ ! -e $VOLUME/mysql ]] || { echo "$VOLUME/mysql was made while the data was away: look at both by hand" >&2 && exit 1; }
mv "$VOLUME/mysql.drill-away" "$VOLUME/mysql"
