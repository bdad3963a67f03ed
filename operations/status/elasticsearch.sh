# Asks Elasticsearch in its pod, logged in as the pod's own scripts are. Prints the answer, then the microseconds that
# it took. Given by the caller: METHOD, WHERE (the path), BODY (empty, or JSON)
# shellcheck source=apps/elk/scripts/es.sh
. /scripts/es.sh
began=${EPOCHREALTIME/./}
es "$METHOD" "$WHERE" "$BODY" </dev/null || exit 1
echo $((${EPOCHREALTIME/./} - began))
