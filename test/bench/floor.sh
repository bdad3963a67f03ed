#!/bin/bash
# The floor that the program is measured against: kubeadm on hosts that have booted, by hand, and nothing else. Prints the
# seconds from the first command to three nodes that are Ready.
# Arguments: an ssh command prefix's options file (ssh_config), then the hosts' names, the control plane first.
set -euo pipefail
config=$1
control_plane=$2
shift 2
on() { ssh -F "$config" "$@"; }
# kubeadm on a host; what it said is told when it fails: `by_kubeadm HOST COMMAND`.
by_kubeadm() {
    on "$1" "mkdir -p /etc/cni/net.d; echo '$network' >/etc/cni/net.d/10-floor.conflist
        $2 --ignore-preflight-errors=all >/root/floor.log 2>&1 || { tail -n 3 /root/floor.log >&2; exit 1; }"
}

# A network plugin that needs no image, so that nodes can be Ready: pods on different nodes can't talk, nobody asks them to.
network='{"cniVersion":"1.0.0","name":"floor","plugins":[{"type":"bridge","bridge":"cni0","ipam":{"type":"host-local","ranges":[[{"subnet":"10.244.0.0/24"}]]}}]}'
joins=()
begin=$(date +%s.%N)
by_kubeadm "$control_plane" "kubeadm init --config /root/floor.yaml"
join=$(on "$control_plane" "kubeadm token create --print-join-command")
for worker in "$@"; do
    by_kubeadm "$worker" "$join" &
    joins+=($!)
done
for join in "${joins[@]}"; do wait "$join"; done
on "$control_plane" "kubectl --kubeconfig /etc/kubernetes/admin.conf wait --for=condition=Ready node --all --timeout=180s" >/dev/null
end=$(date +%s.%N)
awk "BEGIN { printf \"%.1f\\n\", $end - $begin }"
