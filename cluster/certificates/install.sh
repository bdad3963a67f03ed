# Has this control plane renew its certificates by a timer, and looks at once whether any has to be.
# Given by the caller: the program and its units

step "certificates renew themselves"
chmod 755 /usr/local/sbin/renew-certificates
systemctl daemon-reload
systemctl enable --quiet renew-certificates.timer
systemctl restart renew-certificates.timer

step "certificates"
since=$(date '+%F %T')
systemctl start renew-certificates || {
    journalctl --no-pager --output cat --since "$since" --unit renew-certificates >&2
    fail "the certificates could not be renewed; above is why"
}
