# Fetches the images without which a node is not Ready, while there is no cluster yet that it could join.
# Given by the caller: IMAGES

step "images of what makes a node Ready"
sandbox=$(containerd config dump | sed -n "s/^ *sandbox = '\(.*\)'$/\1/p")
for image in $sandbox $IMAGES; do
    said=$(timeout 120 ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d "$image" 2>&1) ||
        echo "WARNING: $image can't be had now; the kubelet will try again: $(tail -n 1 <<<"$said")" >&2
done
