# Makes this host the control plane, or brings an existing one to the configuration given. Prints the kubeconfig.
# Given by the caller: PUBLIC_ADDRESS IGNORED, and kubeadm.template.yaml and audit-policy.yaml; on standard input the
# key that Secrets are encrypted with, and the public key that workers may fetch a join token with.

IFS= read -r encryption_key
IFS= read -r join_key
umask 077
# A backup of etcd that was sent to begin with.
first=/var/lib/test-cluster/etcd-first

if [[ -e /etc/kubernetes/admin.conf && -x /usr/local/sbin/etcd-backup ]]; then
    step "backup of etcd, before it is touched"
    code=0
    /usr/local/sbin/etcd-backup before-up || code=$?
    # What does not answer can't be backed up, and may be what this run repairs.
    ((code == 0 || code == 3)) || fail "no backup of etcd could be made, and nothing was changed; above is why"
fi

step "encryption of Secrets"
install -d -m 700 /etc/kubernetes/encryption
cat >/etc/kubernetes/encryption/config.yaml <<YAML
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox: {keys: [{name: stack, secret: $encryption_key}]}
      - identity: {}
YAML
install -d -m 700 /var/log/kubernetes/audit

kubeadm_config=/etc/test-cluster/kubeadm.yaml
sed "s/@PUBLIC_ADDRESS@/$PUBLIC_ADDRESS/; s/@TOKEN@/$(kubeadm token generate)/" /etc/test-cluster/kubeadm.template.yaml >$kubeadm_config

if [[ ! -e /etc/kubernetes/admin.conf ]]; then
    if compgen -G "$first/*.sealed" >/dev/null; then
        /usr/local/sbin/etcd-first $kubeadm_config >&2 || fail "the control plane can't begin with the backup; above is why"
        IGNORED+=,DirAvailable--var-lib-etcd
    fi
    step "kubeadm init"
    kubeadm init --config $kubeadm_config --skip-token-print --ignore-preflight-errors="${IGNORED#,}" >&2 || {
        # A half-made control plane can't be continued: the next run begins anew.
        kubeadm reset --force >/dev/null 2>&1 || true
        fail "kubeadm init failed; above is what it said"
    }
else
    step "control plane to the configuration"
    kubeadm init phase etcd local --config $kubeadm_config >&2
    kubeadm init phase control-plane all --config $kubeadm_config >&2
    kubeadm init phase upload-config all --config $kubeadm_config >&2
    kubeadm init phase addon kube-proxy --config $kubeadm_config >&2
    kubectl -n kube-system rollout restart daemonset kube-proxy >&2
    patches=()
    [[ -d /etc/test-cluster/patches ]] && patches=(--patches /etc/test-cluster/patches)
    kubeadm upgrade node phase kubelet-config "${patches[@]}" >&2
    restart_kubelet
fi

step "API answers"
retry 180 kubectl get --raw /readyz

if [[ -e $first ]]; then
    # A host may have been leaving when the backup was made; nobody would end that now.
    kubectl -n kube-system delete configmap host-replacement --ignore-not-found >&2
    rm -rf "$first"
fi

step "key for joining"
install -d -m 700 /root/.ssh
sed -i '/ test-cluster-join$/d' /root/.ssh/authorized_keys
printf 'command="/usr/local/sbin/join-token",restrict %s test-cluster-join\n' "$join_key" >>/root/.ssh/authorized_keys

step "kubeconfig"
install -d -m 700 /root/.kube
ln -sfn /etc/kubernetes/admin.conf /root/.kube/config
# With a certificate of its own, which lives as long as the cluster's authority: nobody renews what the stack has.
kubeadm kubeconfig user --config $kubeadm_config --client-name kubernetes-admin --org kubeadm:cluster-admins \
    --validity-period 87600h | sed "s#server: .*#server: https://$PUBLIC_ADDRESS:6443#"
