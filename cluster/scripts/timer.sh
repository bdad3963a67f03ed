# Has a unit run by its timer from now on, and once at once: `by_timer UNIT STEP FAILURE`, the last for when it fails then.
by_timer() {
    local since
    systemctl daemon-reload
    systemctl enable --quiet "$1.timer"
    systemctl restart "$1.timer"
    step "$2"
    since=$(date '+%F %T')
    systemctl start "$1" || {
        journalctl --no-pager --output cat --since "$since" --unit "$1" >&2
        fail "$3; above is why"
    }
}
