# Puts a copy of MySQL's newest backup beside it, newer by a second, in which a byte is another. undamage.sh removes it.
# Given by the caller: the library of backups, FOLDER
good=$(newest_good mysql)
at=${good#mysql-}
later=$(($(date -u -d "${at:0:8} ${at:9:2}:${at:11:2}:${at:13:2}" +%s) + 1))
name=mysql-$(date -u -d "@$later" +%Y%m%dT%H%M%SZ)
[[ ! -e $FOLDER/$name.json ]] || { echo "$name is there already" >&2 && exit 1; }
cp --preserve "$FOLDER/$good.sealed" "$FOLDER/$name.sealed"
middle=$(($(stat -c %s "$FOLDER/$name.sealed") / 2))
byte=$(od -An -tu1 -j "$middle" -N 1 "$FOLDER/$name.sealed")
printf '%b' "\\x$(printf %02x $((byte ^ 255)))" | dd of="$FOLDER/$name.sealed" bs=1 seek="$middle" conv=notrunc status=none
printf '%s\n' "$name" >"$FOLDER/.drill"
# Whoever reads the others has to read this one.
cp --preserve "$FOLDER/$good.json" "$FOLDER/.$name.json"
sed -i "s/\"name\":\"$good\"/\"name\":\"$name\"/; s/\"at\":\"[^\"]*\"/\"at\":\"$(date -u -d "@$later" +%FT%TZ)\"/" \
    "$FOLDER/.$name.json"
mv "$FOLDER/.$name.json" "$FOLDER/$name.json"
