#!/bin/bash
# Brings the stack's saved objects into Kibana.
# Environment: KIBANA_URL, and what es.sh needs
set -euo pipefail
# shellcheck source=apps/elk/scripts/es.sh
. "${BASH_SOURCE%/*}/es.sh"
until curl --silent --fail --max-time 10 --config <(credentials) "$KIBANA_URL/api/status" >/dev/null; do sleep 2; done
answer=$(ask --max-time 60 --header "kbn-xsrf: stack" --form "file=@${BASH_SOURCE%/*}/objects.ndjson" \
    "$KIBANA_URL/api/saved_objects/_import?overwrite=true") || {
    printf 'Kibana refused the saved objects: %s\n' "$answer" >&2
    exit 1
}
printf '%s\n' "$answer"
[[ $answer == *'"success":true'* ]]
