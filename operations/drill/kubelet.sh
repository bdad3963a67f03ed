# Library of scripts that have a node's kubelet run with another configuration for a while. All of it is in /run, so that a
# restart of the host puts it back, too.
drop_in() { printf '/run/systemd/system/kubelet.service.d/%s.conf' "$1"; }

# Has it begin anew with the configuration in FILE: `other_kubelet NAME FILE WHAT`, the last for when it does not live so.
other_kubelet() {
    local drop_in
    drop_in=$(drop_in "$1")
    mkdir -p "${drop_in%/*}"
    # After kubeadm's own, which names the configuration likewise.
    printf '[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=%s"\n' "$2" >"$drop_in"
    systemctl daemon-reload
    systemctl restart kubelet
    for _ in {1..120}; do
        ! curl --silent --fail --max-time 1 http://127.0.0.1:10248/healthz >/dev/null || return 0
        sleep 0.5
    done
    echo "the kubelet is not healthy $3" >&2
    exit 1
}

# Has it begin anew with its own, if FILE is there: `own_kubelet NAME FILE`.
own_kubelet() {
    [[ -e $2 ]] || return 0
    rm -f "$(drop_in "$1")"
    systemctl daemon-reload
    systemctl restart kubelet
    # Last: as long as it is there, this is not done.
    rm "$2"
}

