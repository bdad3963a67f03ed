# Shared by every script that runs on a host: each step says its name, and what failed is named last.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C KUBECONFIG=/etc/kubernetes/admin.conf
current="start"

step() {
    current=$1
    printf '==> %s: %s\n' "$(hostname)" "$1" >&2
}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Tries a command until it succeeds: `retry SECONDS COMMAND…`. Its last output is shown when time runs out.
retry() {
    local deadline=$((SECONDS + $1)) output
    shift
    until output=$("$@" 2>&1); do
        if ((SECONDS >= deadline)); then
            printf '%s\n' "$output" >&2
            return 1
        fi
        sleep 1
    done
}

cleanup=() # files that must not stay
finish() {
    local code=$?
    rm -f "${cleanup[@]}"
    ((code == 0)) || printf 'FAILED on %s in step: %s (exit status %s)\n' "$(hostname)" "$current" "$code" >&2
}
trap finish EXIT
