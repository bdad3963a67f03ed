# Asks Elasticsearch in its pod, logged in as the pod's own scripts are. Prints the answer, then the microseconds that
# it took. Given by the caller: METHOD, PLACE (a path), JSON (a body, or empty)
# shellcheck source=apps/elk/scripts/es.sh
. /scripts/es.sh
began=${EPOCHREALTIME/./}
es "$METHOD" "$PLACE" "$JSON" </dev/null || exit 1
echo $((${EPOCHREALTIME/./} - began))
