# Has a control plane that is yet to be made begin with the backup that `etcd-backup first` has taken in: with its data, and
# with its cluster's authorities, so that who belonged to that cluster still does.
#   etcd-first CONFIG    kubeadm's configuration, which init is given then
# Given by the caller: STACK KEY

umask 077
config=$1
data=/var/lib/etcd
sealed=$(find /var/lib/test-cluster/etcd-first -name '*.sealed')

step "etcd's tools"
retry 300 kubeadm config images pull --config "$config"
begin_etcd "$(kubeadm config images list --config "$config" | grep /etcd:)"
open_backup "$sealed"
# What etcd holds is read by the same minor version, or by the one that follows it.
theirs=$(jq -r .kubernetes "$WORK/facts.json") ours=$(kubeadm version --output short)
theirs=${theirs#Kubernetes }
newer=$(($(cut -d . -f 2 <<<"$ours") - $(cut -d . -f 2 <<<"$theirs")))
((newer == 0 || newer == 1)) ||
    fail "the backup is of Kubernetes $theirs, and this is $ours: set kubernetes.version to ${theirs#v}, and make the newer ones afterwards, one minor version at a time"

step "snapshot becomes etcd's data"
address=$(sed -n 's/^ *advertiseAddress: *"\?\([0-9.]*\)"\?$/\1/p' "$config")
rm -rf "$data.first"
become "$data.first" 1000000000 "$(hostname)" "https://$address:2380"
# All that there can be is of an init that did not come to its end.
rm -rf "$data"
mv "$data.first" "$data"

step "authorities of the backup's cluster"
install -d -m 755 "$PKI" "$PKI/etcd"
cp -R "$WORK/pki/." "$PKI/"
chmod 644 "$PKI"/{ca,front-proxy-ca,etcd/ca}.crt "$PKI/sa.pub"
echo "etcd begins with $(basename "$sealed" .sealed): revision $(jq .revision "$WORK/state.json"), $(jq .totalKey "$WORK/state.json") entries" >&2
