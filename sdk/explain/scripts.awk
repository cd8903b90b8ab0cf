# SPDX-License-Identifier: MIT
# scripts.awk - part of stubborn-link: finds what a linker script of the kernel's own places, but
# lld has not placed there.
#
# Reads, in this order, the names of the image's own sections, a line each; the text of such
# scripts; what sections.awk has found; lld's list of what it has left out; lld's map. Of input
# sections with the same name one is reported. OURS: where files of the SDK are.

# The regular expression for a pattern of a linker script.
function glob(pattern) {
	gsub(/"/, "", pattern)
	gsub(/[.+^$]/, "\\\\&", pattern)
	gsub(/\*/, ".*", pattern)
	gsub(/\?/, ".", pattern)
	return "^" pattern "$"
}

# In SECTIONS, FILES(SECTIONS...) stands for input sections, perhaps with KEEP( ) around it; names
# in capitals are functions.
function read_script(text,  n, i, word, depth, files, kept) {
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", text)
	gsub(/[(){};,]/, " & ", text)
	depth = kept = 0
	n = split(text, word, /[[:space:]]+/)
	for (i = 1; i <= n; i++) {
		if (word[i] == "KEEP") {
			kept = 1
		} else if (word[i] == "(") {
			depth++
		} else if (word[i] == ")") {
			if (--depth == 0)
				kept = 0
			if (depth <= kept)
				files = ""
		} else if (depth == kept && word[i + 1] == "(" && word[i] ~ /[*.]/) {
			files = glob(word[i])
		} else if (files && word[i] ~ /[^A-Z_,]/) {
			pattern[++patterns] = glob(word[i])
			pattern_files[patterns] = files
			pattern_kept[patterns] = kept
		}
	}
}

# The first pattern for the input section at WHERE, as in lld's map; 0: none. Sets file and name.
function placer(where,  i, cut) {
	cut = index(where, ":(")
	file = substr(where, 1, cut - 1)
	name = substr(where, cut + 2, length(where) - cut - 2)
	if (!cut || said[name] || index(file, OURS) == 1 || file ~ /libstubborn\.a\(/)
		return 0
	for (i = 1; i <= patterns; i++)
		if (name ~ pattern[i] && file ~ pattern_files[i])
			return i
	return 0
}

FILENAME == ARGV[1] { ours[$1] = 1 }
FILENAME == ARGV[2] { script = script $0 " " }
FILENAME != ARGV[1] && FILENAME != ARGV[2] && script { read_script(script); script = "" }
FILENAME == ARGV[3] && /^spared\t/ {
	split($0, field, "\t")
	spared[field[2] ":(" field[3] ")"] = 1
}
FILENAME == ARGV[4] && sub(/^removing unused section /, "") && !/:\(\.text/ && !($0 in spared) {
	found = placer($0)
	if (found && !pattern_kept[found]) {
		said[name] = 1
		refuse_file(file, "section " name " is left out, as nothing refers to it: write" \
			    " KEEP(*(" name ")) in the linker script")
	}
}
FILENAME == ARGV[5] && /^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ [^ ]/ { output = $5 }
FILENAME == ARGV[5] && /:\(/ && output in ours && placer(placed($0)) {
	said[name] = 1
	refuse_file(file, "section " name " is in the image's " output ", which comes before" \
		    " your linker script: rename it, here and there (objcopy --rename-section)")
}
END { exit bad }
