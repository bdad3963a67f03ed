# Reads JSON and calls leaf(value) for each string, number and word in it, in order; key[1] to key[depth] say where it is:
# names of fields, and numbers of elements from 0. What calls it defines leaf(), and end() for the end of a file.
# Between quotation marks is a text, and between two texts is what holds them together.
BEGIN { RS = "\"" }
FNR == 1 {
    if (NR > 1) end()
    depth = inside = 0
    word = text = ""
}
END { end() }
inside {
    text = text $0
    # A quotation mark after an odd number of backslashes belongs to the text.
    match(text, /\\*$/)
    if (RLENGTH % 2) {
        text = text "\""
        next
    }
    inside = 0
    word = text
    next
}
{
    gsub(/[ \t\r\n]/, "")
    count = length($0)
    for (place = 1; place <= count; place++) {
        sign = substr($0, place, 1)
        if (sign == "{" || sign == "[") {
            array[++depth] = sign == "["
            key[depth] = array[depth] ? 0 : ""
        } else if (sign == ":") {
            key[depth] = word
            word = ""
        } else if (sign == "," || sign == "}" || sign == "]") {
            if (word != "") leaf(word)
            word = ""
            if (sign != ",") depth--
            else if (array[depth]) key[depth]++
        } else word = word sign
    }
    inside = 1
    text = ""
}
