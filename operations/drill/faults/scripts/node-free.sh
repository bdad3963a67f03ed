# Takes back what node-fill.sh has done, whole or in part: the file first, by which a person would begin.
set -euo pipefail
rm -f /var/lib/kubelet/.drill-full
if [[ -e /run/drill-full.yaml ]]; then
    rm -f /run/systemd/system/kubelet.service.d/90-drill-full.conf
    systemctl daemon-reload
    systemctl restart kubelet
    # Last: as long as it is there, this is not done.
    rm /run/drill-full.yaml
fi
