# The container of a pod of the control plane that runs: `container NAME`.
container() {
    local id tasks
    tasks=$(ctr -n k8s.io tasks ls | awk '$3 == "RUNNING" { print $1 }')
    for id in $(ctr -n k8s.io containers ls -q \
        "labels.\"io.kubernetes.pod.namespace\"==kube-system,labels.\"io.kubernetes.container.name\"==$1"); do
        grep -qx "$id" <<<"$tasks" && printf '%s\n' "$id" && return 0
    done
    return 1
}
