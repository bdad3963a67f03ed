#!/bin/bash
# What the image runs: /usr/local/bin/docker-entrypoint.sh. `eswrapper`, the image's own command, and `elasticsearch`
# with its options are the server with the settings that the environment holds; any other command is run as it is.
set -eu

[[ ${1:-} != -* ]] || set -- eswrapper "$@"
case ${1:-eswrapper} in
eswrapper | elasticsearch | */elasticsearch) ;;
*) exec "$@" ;;
esac

echo "Elasticsearch 7.17.28: a stand-in for the published image, the same server from its published jars, without" \
    "x-pack (security, ILM, data streams), ingest processors, Painless and language analysers"

# A setting of what this stand-in lacks: ignored where it switches that off, an error where it asks for it. The value
# may be a password: it is not shown.
lacks() {
    [[ $1 == xpack.* || $1 == ingest.geoip.* ]] || return 1
    [[ $2 == false ]] || { echo "$1 asks for what this stand-in lacks: only false can be had" >&2 && exit 1; }
    echo "$1=false: nothing to switch off in this stand-in"
}

# Settings are variables with a dot in their names, which no shell has as variables of its own, or ES_SETTING_A_B__C
# for a.b_c.
settings=()
while read -r -d '' variable; do
    name=${variable%%=*}
    value=${variable#*=}
    if [[ $name == ES_SETTING_* ]]; then
        name=${name#ES_SETTING_}
        name=${name//__/$'\n'}
        name=${name//_/.}
        name=${name//$'\n'/_}
        name=${name,,}
    elif [[ ! $name =~ ^[a-z0-9_]+(\.[a-z0-9_]+)+$ ]]; then
        continue
    fi
    lacks "$name" "$value" || settings+=("-E$name=$value")
done </proc/self/environ

exec elasticsearch "${settings[@]}" "${@:2}"
