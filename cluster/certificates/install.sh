# Has this control plane renew its certificates by a timer, and looks at once whether any has to be.
# Given by the caller: the program and its units

step "certificates renew themselves"
chmod 755 /usr/local/sbin/renew-certificates
by_timer renew-certificates "certificates" "the certificates could not be renewed"
