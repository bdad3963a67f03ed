#!/bin/bash
# Gives Nacos' administrator the stack's password as soon as the server answers: until it has one, everybody who reaches
# the server may set it. One that is there stays. The image's environment has nothing for it.
set -euo pipefail

# The server's answer, with nothing of it on a command line or in the log.
post() {
    local body line
    body="password=$(</secrets/admin)"
    exec 3<>/dev/tcp/127.0.0.1/8848
    printf 'POST /nacos/v3/auth/user/admin HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: %s\r\n' "${#body}" >&3
    printf 'Content-Type: application/x-www-form-urlencoded\r\n\r\n%s' "$body" >&3
    while IFS= read -r -t 10 line <&3 || [[ -n $line ]]; do
        printf '%s\n' "$line"
    done
}

for ((try = 0; try < 300; try++)); do
    case $(post 2>&1 || true) in
    *'"code":0,'*)
        echo "The administrator nacos is made."
        exit 0
        ;;
    *'"code":409,'*)
        echo "There is an administrator."
        exit 0
        ;;
    esac
    sleep 1
done
echo "Nacos has not answered for 5 minutes." >&2
exit 1
