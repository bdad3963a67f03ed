# Cuts this host and its pods off from the master, until heal.sh or a restart. SSH from outside is left.
# Given by the caller: MASTER (its private address)
set -euo pipefail
iptables --wait --new-chain DRILL-CUT
iptables --wait --append DRILL-CUT --source "$MASTER" --jump DROP
iptables --wait --append DRILL-CUT --destination "$MASTER" --jump DROP
for chain in INPUT OUTPUT FORWARD; do
    iptables --wait --insert "$chain" --jump DRILL-CUT
done
