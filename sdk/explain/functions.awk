# SPDX-License-Identifier: MIT
# functions.awk - part of stubborn-link: what its awk programs have in common.

# The value of a hexadecimal number.
function number(hex,  n, i) {
	if (hex ~ /^-/)
		return -number(substr(hex, 2))
	for (i = 1; i <= length(hex); i++)
		n = n * 16 + index("123456789abcdef", substr(hex, i, 1))
	return n
}

# What a line of lld's map says is there: for an input section FILE:(SECTION). Four numbers precede
# it.
function placed(line) {
	sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "", line)
	return line
}

# The file of which a line of lld's map says that a section is linked; "" for other lines.
function linked_file(line) {
	if (line !~ /:\(.*\)$/)
		return ""
	line = placed(line)
	return substr(line, 1, index(line, ":(") - 1)
}

# TEXT with WHAT in place of its first @.
function filled(text, what,  at) {
	at = index(text, "@")
	return at ? substr(text, 1, at - 1) what substr(text, at + 1) : text
}

function refuse_file(file, text) {
	print "stubborn-link: " file ": " text
	bad = 1
}
