#!/bin/bash
# Elasticsearch's readiness: it has assigned what it has.
# shellcheck source=apps/elk/scripts/es.sh
. "${BASH_SOURCE%/*}/es.sh"
es GET "/_cluster/health?wait_for_status=yellow&timeout=3s" 2>/dev/null | grep -q '"timed_out":false'
