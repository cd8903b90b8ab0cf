# SPDX-License-Identifier: MIT
# tables.awk - part of stubborn-link: finds what a linker script of the kernel's own places, but
# lld has not placed there.
#
# Reads, in this order, the names of the image's own sections, a line each; what scripts.awk and
# sections.awk have found; lld's list of what it has left out; lld's map. Of input sections with the
# same name one is reported. OURS: where files of the SDK are.

# Whether there is a pattern for the input section at WHERE, as in lld's map. Sets file and name.
function placer(where,  i, cut, path) {
	cut = index(where, ":(")
	file = substr(where, 1, cut - 1)
	name = substr(where, cut + 2, length(where) - cut - 2)
	if (!cut || said[name] || index(file, OURS) == 1 || file ~ /libstubborn\.a\(/)
		return 0
	path = file
	if (match(file, /\([^()]*\)$/))		# scripts call it ARCHIVE:MEMBER
		path = substr(file, 1, RSTART - 1) ":" substr(file, RSTART + 1, RLENGTH - 2)
	for (i = 1; i <= patterns; i++)
		if (name ~ pattern[i] && path ~ files[i] && (!others[i] || path !~ others[i]))
			return 1
	return 0
}

FILENAME == ARGV[1] { ours[$1] = 1 }
FILENAME == ARGV[2] && /^pattern\t/ {
	split($0, field, "\t")
	pattern[++patterns] = field[2]
	files[patterns] = field[3]
	others[patterns] = field[4]
}
FILENAME == ARGV[3] && /^spared\t/ {
	split($0, field, "\t")
	spared[field[2] ":(" field[3] ")"] = 1
}
FILENAME == ARGV[4] && sub(/^removing unused section /, "") && !/:\(\.text/ && !($0 in spared) &&
placer($0) {
	said[name] = 1
	refuse_file(file, "section " name " is left out, as nothing refers to it: write KEEP(*(" \
		    name ")) in the linker script")
}
FILENAME == ARGV[5] && /^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ [^ ]/ { output = $5 }
FILENAME == ARGV[5] && /:\(/ && output in ours && placer(placed($0)) {
	said[name] = 1
	refuse_file(file, "section " name " is in the image's " output ", which comes before" \
		    " your linker script: rename it, here and there (objcopy --rename-section)")
}
END { exit bad }
