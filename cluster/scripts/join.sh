# Joins this host to the cluster as a worker, or brings a joined one to the cluster's kubelet configuration.
# Given by the caller: NODE API (address:port) CA (sha256 of the cluster's CA) CONTROL_PLANE CONTROL_PLANE_KEY IGNORED;
# on standard input the private key that a join token may be fetched with.

umask 077
key=$(mktemp -p /run)
known=$(mktemp -p /run)
cleanup+=("$key" "$known")
cat >"$key"
printf '%s %s\n' "$CONTROL_PLANE" "$CONTROL_PLANE_KEY" >"$known"
control_plane() {
    ssh -i "$key" -o UserKnownHostsFile="$known" -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectTimeout=10 \
        "root@$CONTROL_PLANE" "$@"
}

ca=/etc/kubernetes/pki/ca.crt
if [[ -e $ca && $(openssl x509 -in $ca -pubkey -noout | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1) != "$CA" ]]; then
    step "leave a cluster that is gone"
    kubeadm reset --force >/dev/null 2>&1
    # containerd ends where the folder of its networks itself goes. From a subnet that is left, the first pod would have a
    # bridge made before flannel knows the new one, and no later pod could use it.
    rm -rf /etc/cni/net.d/* /var/lib/cni /run/flannel
    ip link delete cni0 2>/dev/null || true
    ip link delete flannel.1 2>/dev/null || true
fi

if [[ ! -e /etc/kubernetes/kubelet.conf ]]; then
    step "join token"
    read -r -a join <<<"$(control_plane token "$NODE")"
    [[ ${join[0]:-} == kubeadm ]] || fail "the control plane gave no join token"
    step "kubeadm join"
    awk -v token="${join[4]}" -v ca="${join[6]}" '{gsub(/@TOKEN@/, token); gsub(/@CA@/, ca)} 1' \
        /etc/test-cluster/join.yaml >/run/join.yaml
    kubeadm join --config /run/join.yaml --ignore-preflight-errors="$IGNORED" >&2 || {
        kubeadm reset --force >/dev/null 2>&1 || true
        fail "kubeadm join failed; above is what it said"
    }
    rm -f /run/join.yaml
else
    step "kubelet to the cluster's configuration"
    patches=()
    [[ -d /etc/test-cluster/patches ]] && patches=(--patches /etc/test-cluster/patches)
    kubeadm upgrade node phase kubelet-config "${patches[@]}" >&2
    restart_kubelet
fi

step "node is Ready"
control_plane joined "$NODE"
