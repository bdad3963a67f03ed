# Takes back what node-fill.sh has done, whole or in part: the file first, by which a person would begin.
set -euo pipefail
rm -f /var/lib/kubelet/.drill-full
own_kubelet 90-drill-full /run/drill-full.yaml
