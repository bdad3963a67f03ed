# Shared by the scripts here: Elasticsearch's API, logged in where it asks for it.
# Environment: ES_URL, ES_USER and ES_PASSWORD (empty where security is off)

# es METHOD PATH [BODY]: prints the answer; fails on a refusal, which it shows. No password is on a command line: bodies
# have some too.
es() {
    local body=() answer
    [[ ${3:-} ]] && body=(--header "Content-Type: application/json" --data-binary @-)
    answer=$(printf '%s' "${3:-}" | curl --silent --show-error --max-time 30 --fail-with-body --request "$1" \
        "${body[@]}" --config <(credentials) "$ES_URL$2" 2>&1) || {
        printf '%s %s: %s\n' "$1" "$2" "$answer" >&2
        return 1
    }
    printf '%s\n' "$answer"
}

credentials() {
    [[ ! ${ES_PASSWORD:-} ]] || printf 'user = "%s:%s"\n' "$ES_USER" "$ES_PASSWORD"
}
