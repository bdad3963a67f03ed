#!/bin/bash
# The floor that the program is measured against: kubeadm on hosts that have booted, by hand, and nothing else. Prints the
# seconds from the first command to three nodes that are Ready.
# Arguments: an ssh command prefix's options file (ssh_config), then the hosts' names, the control plane first.
set -euo pipefail
config=$1
control_plane=$2
shift 2
on() { ssh -F "$config" "$@"; }

# A network plugin that needs no image, so that nodes can be Ready: pods on different nodes can't talk, nobody asks them to.
network='{"cniVersion":"1.0.0","name":"floor","plugins":[{"type":"bridge","bridge":"cni0","ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.0.0/24"}]]}}]}'
begin=$(date +%s.%N)
on "$control_plane" "mkdir -p /etc/cni/net.d; echo '$network' >/etc/cni/net.d/10-floor.conflist
    kubeadm init --config /root/floor.yaml --ignore-preflight-errors=all >/root/floor.log 2>&1"
join=$(on "$control_plane" "kubeadm token create --print-join-command")
for worker in "$@"; do
    on "$worker" "mkdir -p /etc/cni/net.d; echo '$network' >/etc/cni/net.d/10-floor.conflist
        $join --ignore-preflight-errors=all >/root/floor.log 2>&1" &
done
wait
on "$control_plane" "kubectl --kubeconfig /etc/kubernetes/admin.conf wait --for=condition=Ready node --all --timeout=180s" >/dev/null
end=$(date +%s.%N)
awk "BEGIN { printf \"%.1f\\n\", $end - $begin }"
