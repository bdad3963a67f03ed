# Removes the damaged copy of a backup that a drill has made.
# Given by the caller: FOLDER
if [[ -s $FOLDER/.drill ]]; then
    name=$(<"$FOLDER/.drill")
    rm -f "$FOLDER/$name.json" "$FOLDER/$name.sealed" "$FOLDER/.$name.json" "$FOLDER/.drill"
fi
