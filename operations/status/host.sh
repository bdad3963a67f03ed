# What a host has and uses, a line each, the quickest first: status reads as far as it gets.
# Given by the caller: DISKS (names of data disks, separated by spaces) KAFKA (empty: it is not on this host)
export LC_ALL=C

usage() { # FOLDER: bytes used and bytes in all
    df --block-size=1 --output=used,size "$1" | tail -n 1
}

awk '/^MemTotal:/ {total = $2} /^MemAvailable:/ {free = $2}
    END {printf "memory %.0f %.0f\n", (total - free) * 1024, total * 1024}' /proc/meminfo
read -r used size < <(usage /)
echo "system $used $size"

if [[ -e /etc/kubernetes/manifests/etcd.yaml ]]; then
    curl -s --max-time 2 http://127.0.0.1:2381/metrics | awk '/^etcd_mvcc_db_total_size_in_bytes / {used = $2}
        /^etcd_server_quota_backend_bytes / {quota = $2} END {if (quota) printf "etcd %.0f %.0f\n", used, quota}'
    [[ $(curl -s --max-time 2 http://127.0.0.1:2381/health) != *NOSPACE* ]] || echo "etcd-alarm NOSPACE"
fi

for disk in $DISKS; do
    place=/var/lib/data/$disk
    if ! mountpoint -q "$place"; then
        echo "unmounted $disk"
        continue
    fi
    read -r used size < <(usage "$place")
    # systemd has a unit for whatever is mounted.
    since=$(systemctl show --property ActiveEnterTimestamp --value "$(systemd-escape --path --suffix=mount "$place")")
    echo "disk $disk $used $size $([[ -z $since ]] || date --date "$since" +%s)"
    began=${EPOCHREALTIME/./}
    # Beside the volume, not in it: no application finds the file.
    if said=$(file=$(mktemp "$place/.status.XXXXXX") && {
        head -c 4096 /dev/zero | dd of="$file" bs=4096 conv=fsync status=none
        status=$?
        rm -f "$file"
        exit $status
    } 2>&1); then
        echo "written $disk $((${EPOCHREALTIME/./} - began))"
    else
        echo "unwritable $disk ${said//$'\n'/; }"
    fi
done

[[ $KAFKA ]] || exit 0
state='{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.StartedAt}} {{.State.FinishedAt}} {{.State.ExitCode}} {{.State.OOMKilled}}'
if said=$(timeout 4 docker inspect --type container --format "$state" kafka 2>&1); then
    echo "container $said"
    # Takes some two seconds, in which it measures.
    said=$(timeout 5 docker stats --no-stream --format '{{.MemUsage}} / {{.CPUPerc}}' kafka 2>/dev/null) && echo "usage $said"
else
    echo "no-container ${said##*$'\n'}"
fi
exit 0
