# Takes back what cut.sh has done, whole or in part.
set -euo pipefail
for chain in INPUT OUTPUT FORWARD; do
    while iptables --wait --delete "$chain" --jump DRILL-CUT 2>/dev/null; do :; done
done
if iptables --wait --flush DRILL-CUT 2>/dev/null; then
    iptables --wait --delete-chain DRILL-CUT
fi
