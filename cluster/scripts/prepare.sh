# First boot: packages, kernel settings, container runtime, kubelet. Run by cloud-init, all hosts at once.
# Given by the caller: KUBERNETES_VERSION CONTAINERD_MINOR K9S_VERSION (empty: no tools for people) DOCKER_MINOR (empty: none)

mirrors=/etc/test-cluster/mirrors
apt=(apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -qq)

# The first mirror of a URL that answers for PATH, else the upstream itself: `nearest URL PATH`.
nearest() {
    local upstream mirror
    while read -r upstream mirror; do
        [[ $1 == "$upstream"* ]] || continue
        if curl -fsS --connect-timeout 5 --max-time 20 -o /dev/null "$mirror${1#"$upstream"}$2"; then
            printf '%s' "$mirror${1#"$upstream"}"
            return
        fi
        printf 'mirror %s does not answer; trying the next\n' "$mirror" >&2
    done <"$mirrors"
    printf '%s' "$1"
}

repository() { # NAME URL KEY-PATH SUITE
    local url key=/etc/apt/keyrings/$1.asc
    url=$(nearest "$2" "$3")
    curl -fsSL --retry 5 --retry-connrefused "$url$3" -o "$key"
    printf 'deb [signed-by=%s] %s %s\n' "$key" "$url$5" "$4" >"/etc/apt/sources.list.d/$1.list"
}

step "kernel settings"
for module in overlay br_netfilter; do
    modprobe "$module" 2>/dev/null || [[ -d /sys/module/$module ]] || echo "kernel module $module can't be loaded; built in?" >&2
done
sysctl --quiet --load=/etc/sysctl.d/90-kubernetes.conf
sysctl --quiet --load=/etc/sysctl.d/91-elasticsearch.conf

step "package sources"
for upstream in http://deb.debian.org/debian http://deb.debian.org/debian-security; do
    sed -i "s#$upstream\([ /]\|\$\)#$(nearest $upstream /)\1#" /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true
done
install -d -m 755 /etc/apt/keyrings
minor=${KUBERNETES_VERSION%.*}
repository kubernetes "https://pkgs.k8s.io/core:/stable:/v$minor/deb" /Release.key / /
repository docker https://download.docker.com/linux/debian /gpg "bookworm stable" ""
retry 120 "${apt[@]}" update

step "container runtime and Kubernetes"
"${apt[@]}" install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \
    "containerd.io=$CONTAINERD_MINOR.*" "kubelet=$KUBERNETES_VERSION-*" "kubeadm=$KUBERNETES_VERSION-*" \
    "kubectl=$KUBERNETES_VERSION-*" kubernetes-cni iptables conntrack ethtool socat chrony jq
apt-mark hold containerd.io kubelet kubeadm kubectl >/dev/null
systemctl daemon-reload
systemctl restart containerd
systemctl enable --quiet containerd kubelet
systemctl enable --quiet --now chrony metadata-guard

if [[ -n $DOCKER_MINOR ]]; then
    step "Docker"
    "${apt[@]}" install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io \
        "docker-ce=5:$DOCKER_MINOR.*" "docker-ce-cli=5:$DOCKER_MINOR.*" docker-compose-plugin
    apt-mark hold docker-ce docker-ce-cli docker-compose-plugin >/dev/null
fi

if [[ -n $K9S_VERSION ]]; then
    step "tools for people"
    archive=/derailed/k9s/releases/download/v$K9S_VERSION/k9s_Linux_amd64.tar.gz
    if curl -fsSL --retry 3 --max-time 180 "$(nearest https://github.com "$archive")$archive" | tar -xz -C /usr/local/bin k9s; then
        kubectl completion bash >/etc/bash_completion.d/kubectl 2>/dev/null || true
    else
        echo "WARNING: k9s $K9S_VERSION can't be had now; everything else works without it" >&2
    fi
    step "control-plane images"
    kubeadm config images pull --kubernetes-version "$KUBERNETES_VERSION" >/dev/null
fi

step "prepared"
touch /var/lib/test-cluster/prepared
