# Lets this host copy backups to a bucket, and bring them back.
# Given by the caller: SETTINGS (rclone's, made of the part of them that is there beside it), and the program; on standard
# input the secret of the access key.

IFS= read -r secret
step "what copies backups to a bucket"
if ! command -v rclone >/dev/null; then
    apt=(apt-get -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -qq)
    install=("${apt[@]}" install -y --no-install-recommends rclone)
    # The lists may be as old as the host.
    "${install[@]}" >/dev/null 2>&1 || { "${apt[@]}" update && "${install[@]}" >/dev/null; }
fi
chmod 755 /usr/local/sbin/backup-copies
(umask 077 && { cat "$SETTINGS.part" && printf 'secret_access_key = %s\n' "$secret"; } >"$SETTINGS.new")
mv "$SETTINGS.new" "$SETTINGS"
