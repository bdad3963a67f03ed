#!/bin/bash
# What the image runs, as the published one does: flags and Filebeat's commands go to Filebeat, anything else is run.
set -euo pipefail

case ${1:--} in
    -* | export | generate | help | keystore | modules | run | setup | test | version)
        exec /usr/share/filebeat/filebeat "$@"
        ;;
    *)
        exec "$@"
        ;;
esac
