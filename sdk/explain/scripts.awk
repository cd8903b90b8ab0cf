# SPDX-License-Identifier: MIT
# scripts.awk - part of stubborn-link: reads a linker script of the kernel's own, or the assignment
# that --defsym= has. In the environment, WORD is what was given; FOLDERS, a line each, is where lld
# looks for what a script includes.
#
# Writes lines of fields that are separated by tabs: what was found, then
#	assigned	WORD, a symbol, and the first word of its value
#	layout		WORD: the script has a layout, instead of what INSERT adds to the image's
#	version		WORD: it has VERSION { }
#	input		WORD, and a file that it has linked
#	section		WORD, and a word that may be the name of a section: it begins with a dot
#	pattern		three regular expressions: which input sections a section has, of which
#			files, of which not

function say(what, text) { print what "\t" text }

# The regular expression for a pattern.
function glob(pattern) {
	gsub(/"/, "", pattern)
	gsub(/[.+$(){}|]/, "\\\\&", pattern)
	gsub(/\*/, ".*", pattern)
	gsub(/\?/, ".", pattern)
	gsub(/\[!/, "[^", pattern)
	return "^" pattern "$"
}

# SECTIONS { NAME : { FILES(SECTIONS...) } }, perhaps with KEEP( ) around it; what is in capitals
# before a parenthesis is a function: SORT, or EXCLUDE_FILE, which holds for what follows it.
function in_section(t) {
	if (t == "(") {
		if (last == "KEEP")
			kept = 1
		else if (last == "INPUT_SECTION_FLAGS")
			some = 1
		else if (last == "EXCLUDE_FILE")
			other = ""
		else if (parens == kept && last !~ /^[A-Z_]*$/) {
			files = some ? "" : glob(last)
			other = some = ""
		}
		excludes = last == "EXCLUDE_FILE"
	} else if (files && last !~ /^([(),]|COMMON)$/) {
		if (excludes)
			other = other (other ? "|" : "") glob(last)
		else
			say("pattern", glob(last) "\t" files "\t" other)
	}
	if (t != ")")
		return
	excludes = 0
	if (parens - 1 <= kept)
		files = ""
	if (parens == 1)
		kept = 0
}

function token(t) {
	if (ended && t != "INSERT")	# what follows SECTIONS { ... }
		say("layout", word)
	ended = 0
	if (symbol != "" && t != "(") {
		say("assigned", word "\t" symbol "\t" t)
		symbol = ""
	}
	if (!expression && t ~ /=$/ && t !~ /^([=!<>]=|".*)$/ && last !~ /!$/) {
		symbol = last
		gsub(/"|[-+*\/]$/, "", symbol)
		expression = 1
	} else if (t ~ /^[;{}]$/) {
		parens = kept = expression = 0
	} else if (sections && braces > 1 && !expression) {
		in_section(t)
	} else if (sections && braces == 1 && !parens && t ~ /^"?\./) {
		gsub(/"/, "", t)
		say("section", word "\t" t)
	}
	if (t == "(" && !braces && last ~ /^(INPUT|GROUP)$/) {
		inputs = 1
	} else if (inputs && t !~ /^([(),]|AS_NEEDED)$/) {
		gsub(/"/, "", t)
		say("input", word "\t" t)
	}
	parens += (t == "(") - (t == ")" && parens > 0)
	inputs = inputs && parens
	if (t == "{") {
		if (!braces && last ~ /^(MEMORY|PHDRS|OVERWRITE_SECTIONS)$/)
			say("layout", word)
		if (!braces && last == "VERSION")
			say("version", word)
		if (!braces++)
			sections = last == "SECTIONS"
	} else if (t == "}") {
		braces -= braces > 0
		ended = sections && !braces
	}
	last = t
}

# Finds the first word, as lld divides a script, except that it takes name=5 for one.
function match_word(rest) {
	return match(rest, /"[^"]*"?|[-+*\/<>&|!=]*=|[]A-Za-z0-9_.$\/\\~+*?!^:[-]+|[^[:space:]]/)
}

# A piece of the line at a time, as what is left is copied for each word. A piece that a word fills
# to its end is made longer.
function read_line(line,  rest, at, more, end, t) {
	for (at = 1; at <= length(line) || rest != "";) {
		if (more || length(rest) < PIECE) {
			rest = rest substr(line, at, PIECE)
			at += PIECE
			more = 0
		}
		if (until) {		# in a comment, or in a string of several lines
			end = index(rest, until)
			if (end) {
				rest = substr(rest, end + length(until))
				until = ""
			} else {	# of */ this may be the first half
				rest = at <= length(line) ? substr(rest, length(rest)) : ""
			}
			continue
		}
		if (!match_word(rest)) {
			rest = ""
			continue
		}
		more = RSTART + RLENGTH > length(rest) && at <= length(line)
		if (more)
			continue
		t = substr(rest, RSTART, RLENGTH)
		if (t == "#")
			return
		until = t ~ /^\/\*/ ? "*/" : t ~ /^"[^"]*$/ ? "\"" : ""
		rest = substr(rest, RSTART + (until == "*/" ? 2 : RLENGTH))
		if (until)
			continue
		if (last == "INCLUDE")
			include(t)
		else
			token(t)
	}
}

function include(name,  i, line) {
	last = ""
	gsub(/"/, "", name)
	for (i = 0; i <= folders && !included[name]; i++)
		while ((getline line < (folder[i] name)) > 0) {
			included[name] = 1
			read_line(line)
		}
}

BEGIN {
	PIECE = 1000
	word = ENVIRON["WORD"]
	for (i = folders = split(ENVIRON["FOLDERS"], folder, "\n"); i > 0; i--)
		folder[i] = folder[i] "/"
}
{ read_line($0) }
END {
	if (ended)
		say("layout", word)
}
