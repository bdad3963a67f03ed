# Waits until first boot has done its work, and shows its log when it failed.

step "first boot"
deadline=$((SECONDS + 900))
until [[ -e /var/lib/test-cluster/prepared ]]; do
    if systemctl is-failed --quiet test-cluster-prepare 2>/dev/null || ((SECONDS > deadline)); then
        journalctl --no-pager -n 40 -o cat -u test-cluster-prepare >&2 || true
        fail "first boot of $(hostname) has not finished; above is the end of its log (journalctl -u test-cluster-prepare)"
    fi
    sleep 1
done
