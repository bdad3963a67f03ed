#!/bin/bash
# Before a data disk is detached from a host: what uses it is ended there, and it is unmounted. Runs on the operator's
# machine. A host that can't be reached, or has gone, is passed over, aloud: the disk is taken as it is.
# Environment: DISK HOST INSTANCE UNMOUNT (the script for the host), and what operator.sh, which comes before it, needs.

# Another host may have its address and its identity by now: only the instance itself is meant.
if ! on "$HOST_ADDRESS" 10 "grep -qx $INSTANCE /var/lib/cloud/data/instance-id" 2>/dev/null; then
    echo "$DISK: $HOST does not answer; the disk is taken as it is"
    exit 0
fi
# shellcheck disable=SC2016 # expanded on the host
on "$HOST_ADDRESS" 180 'bash -c "$(cat)"' <<<"$UNMOUNT" || {
    echo "$DISK: it could not be unmounted on $HOST; log in and look (findmnt, lsof), then run again" >&2
    exit 1
}
