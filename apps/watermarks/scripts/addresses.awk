# From the list of nodes, a line each: name and address.
function leaf(value) {
    if (key[1] != "items") return
    if (depth == 4 && key[3] == "metadata" && key[4] == "name") name[key[2]] = value
    if (key[4] != "addresses") return
    if (key[6] == "address") address = value
    if (key[6] == "type") type = value
    if (address != "" && type == "InternalIP") print name[key[2]], address
    if (address != "" && type != "") address = type = ""
}
function end() {}
