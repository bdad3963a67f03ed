# Renews the control plane's certificates when one of them ends within DAYS days or has ended, and has what uses them
# start again with them. It needs no API that answers: kubeadm's authority is on this host.
# Given by the caller: DAYS

umask 077
config=/etc/test-cluster/kubeadm.yaml
pki=/etc/kubernetes/pki
kubelet=/var/lib/kubelet/pki/kubelet-client-current.pem

# Standard input is a certificate that is not valid for so many days: `ends DAYS`. What is none counts as ended, too.
ends() { ! openssl x509 -noout -checkend "$(($1 * 86400))" >/dev/null 2>&1; }

# The certificate in a kubeconfig, PEM.
client() { sed -n 's/^ *client-certificate-data: *//p' "$1" | openssl base64 -d -A; }

# The files of those that end, a line each. The authorities live for ten years, and are not renewed.
ending() {
    local file
    for file in "$pki"/*.crt "$pki"/etcd/*.crt; do
        [[ $file == *ca.crt ]] || ! ends "$DAYS" <"$file" || printf '%s\n' "$file"
    done
    for file in /etc/kubernetes/{admin,super-admin,controller-manager,scheduler}.conf; do
        [[ -e $file ]] && ends "$DAYS" < <(client "$file") && printf '%s\n' "$file"
    done
    return 0
}

another() {
    local now
    now=$(container "$1") || { echo "$1 does not run" && return 1; }
    [[ $now != "$2" ]] || { echo "$1 has not ended" && return 1; }
}

# Ends the containers of these pods by a signal; the kubelet starts others in their place: `restart SIGNAL POD…`.
restart() {
    local pod signal=$1
    shift
    local -A old=()
    step "start again: $*"
    for pod in "$@"; do
        old[$pod]=$(container "$pod") || continue
        ctr -n k8s.io tasks kill --signal "$signal" "${old[$pod]}"
    done
    for pod in "$@"; do
        retry 120 another "$pod" "${old[$pod]}"
    done
}

step "what ends within $DAYS days"
# A backup or a restore of etcd is waited for.
exec 9>/run/etcd-work.lock
flock -w 600 9 || fail "a backup or restore of etcd has been at work for 10 minutes: systemctl status etcd-restore"
files=$(ending)
# A run that was ended has renewed and not restarted.
unfinished=/var/lib/test-cluster/certificates-renewed
if [[ ! $files && ! -e $unfinished ]]; then
    echo "no certificate of the control plane ends within $DAYS days; the API server's: $(openssl x509 -noout -enddate <$pki/apiserver.crt)"
    exit 0
fi

step "certificates are renewed: $(tr '\n' ' ' <<<"$files")"
touch "$unfinished"
kubeadm certs renew all --config $config >&2
if ends 0 <"$kubelet"; then
    # It renews its own as long as it is valid, and starts no pod without one.
    step "the kubelet has a certificate again"
    kubeadm kubeconfig user --config $config --org system:nodes --client-name "system:node:$(hostname)" >/run/kubelet.conf
    mv /run/kubelet.conf /etc/kubernetes/kubelet.conf
    rm -f "$kubelet"
fi

# Also, it does not wait any more before it starts what has failed for long.
step "kubelet starts again"
systemctl restart kubelet
# Both at once, and not gently: an API server without etcd waits a minute for it before it ends, and as long as it is
# there the kubelet waits for its answers instead of starting etcd. Neither loses anything that it has confirmed.
restart SIGKILL kube-apiserver etcd
step "API answers"
retry 180 kubectl get --raw /readyz
restart SIGTERM kube-controller-manager kube-scheduler
rm -f "$unfinished"
echo "renewed; the API server's: $(openssl x509 -noout -enddate <$pki/apiserver.crt)"
