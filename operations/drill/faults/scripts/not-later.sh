# What a drill broke on this host has been put back: there is nothing to be done later.
# Given by the caller: UNIT (as it was named)
systemctl stop "$UNIT.timer" 2>/dev/null || true
rm -f "/run/$UNIT.sh"
