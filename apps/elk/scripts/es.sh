# Shared by the scripts here: Elasticsearch's API, logged in where it asks for it.
# Environment: ES_URL, ES_USER and ES_PASSWORD (empty where security is off)

# es METHOD PATH [BODY]: prints the answer; fails on a refusal, which it shows. No password is on a command line: bodies
# have some too.
es() {
    local body=() answer
    [[ ${3:-} ]] && body=(--header "Content-Type: application/json" --data-binary @-)
    answer=$(printf '%s' "${3:-}" | ask --max-time 30 --request "$1" "${body[@]}" "$ES_URL$2" 2>&1) || {
        printf '%s %s: %s\n' "$1" "$2" "$answer" >&2
        return 1
    }
    printf '%s\n' "$answer"
}

# ask OPTIONS URL: curl, logged in; prints the answer, also of a refusal, which makes it fail. curl has an option for
# that, which the one in 7.17's image does not know.
ask() {
    local answer
    answer=$(curl --silent --show-error --config <(credentials) --write-out '\n%{http_code}' "$@")
    printf '%s\n' "${answer%$'\n'*}"
    [[ ${answer##*$'\n'} == 2* ]]
}

credentials() {
    [[ ! ${ES_PASSWORD:-} ]] || printf 'user = "%s:%s"\n' "$ES_USER" "$ES_PASSWORD"
}
