# Has the API server's certificate end at this second: one of no days takes its place, with its key and its names, by the
# cluster's authority. The API server reads it by itself within a minute. unexpire.sh puts the former back.
set -euo pipefail
pki=/etc/kubernetes/pki
away=$pki/apiserver.crt.drill-away
[[ ! -e $away ]] || { echo "$away is there already, of an earlier drill" >&2 && exit 1; }
openssl x509 -x509toreq -in "$pki/apiserver.crt" -signkey "$pki/apiserver.key" -copy_extensions copyall |
    openssl x509 -req -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -set_serial "0x$(openssl rand -hex 16)" -days 0 \
        -copy_extensions copyall -out "$pki/.apiserver.crt"
chmod 644 "$pki/.apiserver.crt"
cp -p "$pki/apiserver.crt" "$away"
mv "$pki/.apiserver.crt" "$pki/apiserver.crt"
