# What each node has, what is requested of it and used, a line of JSON each; and a line for each watermark that is crossed,
# with the Event that tells of it. Memory and disks in bytes, CPU in thousandths of a core.
# Input: of=nodes, of=pods (those that are to run), of=stats (of a node's kubelet) before each file.
# Given: now, markRequested, markUsed (%), above (a file: which were above their mark, by node and what)
BEGIN {
    split("cpu memory", resources, " ")
    RS = "\n"
    while ((getline line <above) > 0) was[line] = 1
    close(above)
    RS = "\""
}

function leaf(value) {
    if (of == "stats") stat(value)
    else if (key[1] != "items") return
    else if (of == "nodes") node(value)
    else if (of == "pods") pod(value)
}

function end() {
    if (at != "") placed()
}

function node(value) {
    if (depth == 4 && key[3] == "metadata" && key[4] == "name") nodes[++many] = value
    if (depth == 5 && key[3] == "status" && (key[4] == "capacity" || key[4] == "allocatable"))
        has[nodes[many], key[4], key[5]] = amount(value, key[5])
}

# Of a pod, the requests as the scheduler counts them: see placed().
function pod(value, where) {
    if (at != "" && key[2] != at) placed()
    at = key[2]
    if (key[3] != "spec") return
    if (depth == 4 && key[4] == "nodeName") on = value
    if (depth == 5 && key[4] == "overhead") over[key[5]] = amount(value, key[5])
    if (depth == 6 && key[4] == "resources" && key[5] == "requests") own[key[6]] = amount(value, key[6])
    if (key[4] != "containers" && key[4] != "initContainers") return
    where = key[4] SUBSEP key[5]
    if (key[5] + 1 > containers[key[4]]) containers[key[4]] = key[5] + 1
    if (depth == 6 && key[6] == "restartPolicy" && value == "Always") sidecar[where] = 1
    if (depth == 8 && key[6] == "resources" && key[7] == "requests") asks[where, key[8]] = amount(value, key[8])
}

# A pod has come to its end. Init containers run one after the other, each beside the sidecars before it; then all
# containers beside all sidecars. The pod needs the most of these, or what it names itself, and its overhead on top.
function placed(i, j, what, one, beside, most, total) {
    for (i = 1; i in resources; i++) {
        what = resources[i]
        beside = most = 0
        for (j = 0; j < containers["initContainers"]; j++) {
            one = beside + asks["initContainers", j, what]
            if (one > most) most = one
            if (("initContainers", j) in sidecar) beside = one
        }
        total = beside
        for (j = 0; j < containers["containers"]; j++) total += asks["containers", j, what]
        if (most > total) total = most
        if (what in own) total = own[what]
        requested[on, what] += total + over[what]
    }
    at = on = ""
    split("", over); split("", own); split("", containers); split("", sidecar); split("", asks)
}

function stat(value) {
    if (key[1] == "node") {
        if (depth == 2 && key[2] == "nodeName") on = value
        if (depth == 3 && key[2] == "cpu" && key[3] == "usageNanoCores") used[on, "cpu"] = int(value / 1e6)
        if (depth == 3 && key[2] == "memory" && key[3] == "workingSetBytes") used[on, "memory"] = value
        if (depth == 3 && key[2] == "fs") bytes[key[3]] = value
        if ("usedBytes" in bytes && "capacityBytes" in bytes) disk("disk")
    }
    if (key[1] != "pods" || key[3] != "volume") return
    # Of a pod's volumes, those of claims are data disks. Its bytes come first, then whose it is.
    if (depth == 5 && key[5] == "time") forget()
    if (depth == 5) bytes[key[5]] = value
    if (depth == 6 && key[5] == "pvcRef") claim[key[6]] = value
    if ("name" in claim && "namespace" in claim) disk("disk " claim["namespace"] "/" claim["name"])
}

function forget() {
    split("", bytes); split("", claim)
}

# A disk of the node, which more than one pod may have.
function disk(name) {
    if (!((on, name) in used)) disks[on] = disks[on] (disks[on] == "" ? "" : "\n") name
    used[on, name] = bytes["usedBytes"]
    has[on, "capacity", name] = bytes["capacityBytes"]
    forget()
}

END {
    for (i = 1; i <= many; i++) tell(nodes[i])
    printf "" >above
    for (line in is) print line >above
}

function tell(name, i, count, list) {
    printf "{\"watermarks\":\"figures\",\"node\":\"%s\"", name
    for (i = 1; i in resources; i++)
        printf ",\"%s\":{\"requested\":%.0f,\"allocatable\":%.0f%s}", resources[i], requested[name, resources[i]],
            has[name, "allocatable", resources[i]], use(name, resources[i], ",")
    count = split(disks[name], list, "\n")
    for (i = 1; i <= count; i++) printf ",\"%s\":{%s}", list[i], use(name, list[i], "")
    print "}"
    mark(name, "memory requested", requested[name, "memory"], has[name, "allocatable", "memory"], markRequested)
    mark(name, "CPU requested", requested[name, "cpu"], has[name, "allocatable", "cpu"], markRequested)
    mark(name, "memory used", used[name, "memory"], has[name, "capacity", "memory"], markUsed)
    for (i = 1; i <= count; i++) mark(name, list[i] " used", used[name, list[i]], has[name, "capacity", list[i]], markUsed)
}

function use(name, what, before) {
    # A kubelet that did not answer said nothing.
    if (!((name, what) in used)) return ""
    return sprintf("%s\"used\":%.0f,\"capacity\":%.0f", before, used[name, what], has[name, "capacity", what])
}

# Tells when an amount comes above its mark, and when it is well below again: five points, or it would go to and fro. What
# is not known is as it was.
function mark(name, what, part, whole, most, percent, before, after) {
    before = (name " " what) in was
    percent = whole > 0 ? part * 100 / whole : 0
    after = whole == 0 || part == "" ? before : percent > most || (before && percent > most - 5)
    if (after) is[name " " what]
    if (after && !before) crossed(name, what, percent, most, "Warning", "AboveWatermark", "above its")
    if (before && !after) crossed(name, what, percent, most, "Normal", "BelowWatermark", "below the")
}

function crossed(name, what, percent, most, type, reason, side, message) {
    message = sprintf("%s of %s is %s watermark: %.1f %%, the mark is %d %%", what, name, side, percent, most)
    printf "{\"watermarks\":\"crossed\",\"level\":\"%s\",\"node\":\"%s\",\"what\":\"%s\",\"percent\":%.1f,\"mark\":%d," \
        "\"message\":\"%s\"}\n", type == "Warning" ? "warning" : "info", name, what, percent, most, message
    # The kubelet names a node by its name in uid, too: so kubectl describe finds it.
    printf "event {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"generateName\":\"%s.watermark.\",\"namespace\":\"default\"}," \
        "\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"%s\",\"uid\":\"%s\"},\"type\":\"%s\"," \
        "\"reason\":\"%s\",\"message\":\"%s\",\"source\":{\"component\":\"watermarks\"},\"reportingComponent\":\"watermarks\"," \
        "\"firstTimestamp\":\"%s\",\"lastTimestamp\":\"%s\",\"count\":1}\n", name, name, name, type, reason, message, now, now
}

# A quantity in bytes, or in thousandths of a core, rounded up.
function amount(text, what, number, unit) {
    match(text, /[A-Za-z]*$/)
    unit = substr(text, RSTART)
    if (text ~ /[0-9][eE][0-9]+$/) unit = ""
    number = (unit == "" ? text + 0 : substr(text, 1, RSTART - 1) + 0) * (what == "cpu" ? 1000 : 1)
    number = sprintf("%.12g", number * power(unit)) + 0
    return number == int(number) ? number : int(number) + 1
}

function power(unit) {
    if (unit == "") return 1
    if (unit ~ /i$/) return 1024 ^ index("KMGTPE", substr(unit, 1, 1))
    if (index("num", unit)) return 1000 ^ (index("num", unit) - 4)
    return 1000 ^ index("kMGTPE", unit)
}
