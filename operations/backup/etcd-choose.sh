# Says which backup of etcd is to be restored, or what speaks against the one wanted, with the newest good one.
# Given by the caller: FOLDER STACK, CA (authority of the cluster as it is) WANTED (empty: the newest good one)

# Whole, of this stack and of this cluster; what is wrong goes to standard error.
good() {
    check_backup "$1" || return 1
    case $(told "$1" verified) in
        *"; authority $CA") return 0 ;;
    esac
    echo "$1: it is of another cluster, whose authority is not $CA" >&2
    return 1
}

newest=
for candidate in $(backups_of etcd); do
    if good "$candidate" 2>/dev/null; then
        newest=$candidate
        break
    fi
done
if why=$(good "${WANTED:-$newest}" 2>&1); then
    echo "${WANTED:-$newest}"
elif [[ $newest ]]; then
    echo "$why; the newest good one is $newest" >&2
    exit 1
else
    echo "${WANTED:+$why; }there is no good backup of etcd in $FOLDER" >&2
    exit 1
fi
