# SPDX-License-Identifier: MIT
# sections.awk - part of stubborn-link: finds in the kernel's files what cannot be linked, or would
# not run.
#
# Reads what llvm-readelf -h -S -s -r -W prints of all files. FIRST, in the environment, is the
# first file: if there is only one, its name is not printed. ASSIGNED: a file that has the symbols
# that options define (read.sh). Writes lines of fields that are separated by tabs: what was found,
# the file, then
#	linked		a program or shared library
#	split		code that calls a library to extend its stack
#	both		a section that is writable and executable
#	odd		what is wrong with a section: the linker script goes by names
#	constant	a read-only section with addresses in it
#	short		a section with an address in fewer than 64 bits, and its symbol
#	number		a section that reaches a fixed address relative to the pc, and that address
#	computed	likewise a symbol of ASSIGNED that is no number, but may become one
#	spared		a section that may be left out, as it is code, empty or bound to another
#			section (SHF_LINK_ORDER), which decides; not if it is .text
#	unloaded	a section that is not loaded, and a symbol in it that others use
#	still		a constant section, and a symbol in it that code jumps to
#	called		for no file: the name of an initialization that code calls
# Members of archives that are not linked are read, too.

# Once: sections of a file may have the same name, and a file may be read twice (read.sh).
function say(what, text,  line) {
	line = what "\t" file "\t" text
	if (!written[line]++)
		print line
}
function refuse(text) { say("odd", "section " name " " text) }

# What can be said only when all of a file has been read: symbols come last.
function finish(  i, pair) {
	for (i in bare)
		say("odd", "section " bare[i] " has code that nothing calls: make it a" \
		    " function that kernel_main calls, or a constructor")
	for (i in address) {
		split(i, pair, SUBSEP)
		if (!(pair[2] in fixed) && !done[pair[1]]++)
			say("constant", pair[1])
	}
	for (i in short) {
		split(i, pair, SUBSEP)
		if (!(pair[2] in fixed))
			say("short", pair[1] "\t" pair[2])
	}
	for (i in unloaded)
		if (unloaded[i] in used)
			spare[++spares] = "unloaded\t" file "\t" unloaded[i] "\t" unloaded[i]
	for (i in number_in) {
		split(i, pair, SUBSEP)
		say(pair[2] in defsym ? defsym[pair[2]] : "number", pair[1] "\t" called(pair[2]))
	}
	delete bare; delete lost; delete address; delete fixed; delete done; delete constant
	delete allocated; delete number_in; delete absolute; delete short; delete unloaded
	delete used; delete code; delete still; delete jumped
	from = ""
}

# A number as the file's symbols call it. On x86_64 it is relative to the end of the instruction.
function called(hex,  value, i, at) {
	if (hex in defsym)
		return hex
	value = number(hex)
	for (i = 0; i <= (x86 ? 8 : 0); i++) {
		at = sprintf("%x", value + i)
		if (at in absolute)
			return absolute[at]
	}
	return sprintf("0x%x", value + (x86 ? 4 : 0))
}

# The linker script has sections of these names, and expects something else in them.
function check_name() {
	if (name ~ /^\.(header|doors|symbols|font|relro|scratch|setup_version)$/ ||
	    name ~ /^\.rela(\.|$)/)
		refuse("is the stub's: give yours another name")
	else if (name == ".sbat")
		refuse("is the stub's: pass its text by --sbat")
	else if (name ~ /^\.bss(\.|$)/ && type != "NOBITS")
		refuse("has contents, but sections of that name are zeroed: give it another name")
	else if (name ~ /^\.(text|vectors|idmap|rodata|notes)(\.|$)/ && flags ~ /W/)
		refuse("is writable, but sections of that name are read-only:" \
		       " give it another name, or make it constant")
	else if (name ~ /^\.(rodata|data|bss)(\.|$)/ && flags ~ /X/)
		refuse("has code, but sections of that name are not executable:" \
		       " give it another name")
	else if (name ~ /^\.(comment|interp|dyn.*|hash|gnu\.hash)$/ || name ~ /^\.note(\.|$)/ ||
		 name ~ /\.attributes$/ && name !~ /^\.(text|rodata|data|bss)\./)
		lost[nr] = name
	else if (name ~ /^\.(init|fini)$/)
		bare[nr] = name
}

BEGIN {
	file = ENVIRON["FIRST"]
	while ((getline line < ENVIRON["ASSIGNED"]) > 0) {
		split(line, part, "\t")
		if (part[3] ~ /^[0-9]/)
			defsym[part[2]] = "number"
		# ABSOLUTE(end) moves with the image, if code reaches it relative to the pc.
		else if (part[3] != "ABSOLUTE" && !defsym[part[2]])
			defsym[part[2]] = "computed"
	}
}
/^File: / { finish(); file = substr($0, 7); next }
/^ *Type: +(EXEC|DYN)/ { say("linked"); next }
/^ *\[ *[0-9]+\] / {
	nr = substr($0, index($0, "[") + 1) + 0
	sub(/^ *\[ *[0-9]+\] /, "")
	name = $1; type = $(NF - 8); size = $(NF - 5); flags = $(NF - 3)
	if (name == ".note.GNU-split-stack")
		say("split")
	if (flags !~ /A/) {
		unloaded[nr] = name
		next
	}
	if (flags ~ /W/ && flags ~ /X/)
		say("both", name)
	if ((flags ~ /[LX]/ || size ~ /^0*$/) && name !~ /^\.text/)
		say("spared", name)
	allocated[name] = 1
	if (flags !~ /W/)
		constant[name] = 1
	if (flags ~ /X/ || name ~ /^\.(text|vectors|idmap)(\.|$)/)
		code[name] = 1
	else if (flags !~ /W/)
		still[nr] = name
	if (size !~ /^0*$/)
		check_name()
	next
}
/^Relocation section / {
	from = substr($3, 7, length($3) - 7)
	if (!(from in allocated))
		from = ""
	next
}
from != "" && $3 ~ /^R_/ { used[$5] = used_anywhere[$5] = 1 }
# With its value: joined objects may have several local symbols of one name.
from in code && $3 ~ /_(PLT32|CALL_PLT|JAL|(CALL|JUMP)[0-9]*)$/ { jumped[$5, $4] = 1 }
from != "" && $3 ~ /^R_.*_(ABS)?64$/ {
	if (from in constant)
		address[from, $5] = 1
	next
}
from != "" && $3 ~ /^R_RISCV_(HI20|RVC_LUI|32)$/ && $2 !~ /^00000000/ {
	short[from, $5] = 1
	next
}
# Without a symbol the upper half of the second field is 0.
from != "" && ($2 ~ /^00000000/ || $5 in defsym) && $3 !~ /GOT/ &&
$3 ~ /_(PC[0-9]+|PLT32|JAL|BRANCH|(CALL|CALL_PLT|JUMP|CONDBR|TSTBR)[0-9]*)$|_PC?REL|_ADR_/ {
	x86 = $3 ~ /X86/
	number_in[from, $2 ~ /^00000000/ ? $4 : $5] = 1
	next
}
/^ *[0-9]+: / {
	from = ""
	if ($7 ~ /^(UND|ABS)$/)
		fixed[$8] = 1
	if ($7 == "ABS" && $4 != "FILE") {
		sub(/^0+/, "", $2)
		absolute[$2] = $8
	}
	if (($8, $2) in jumped && $5 == "LOCAL" && $7 in still && $4 != "OBJECT")
		say("still", still[$7] "\t" ($4 == "SECTION" ? "it" : $8))
	else if (($8, $2) in jumped && $5 != "LOCAL")
		jumped_anywhere[$8] = 1
	if ($7 in still && $5 != "LOCAL" && $4 != "OBJECT")
		spare[++spares] = "still\t" file "\t" still[$7] "\t" $8
	if ($4 == "SECTION" || $8 ~ /^([$.]|$)/)
		next
	if ($7 in unloaded && ($5 != "LOCAL" || $8 in used))
		spare[++spares] = "unloaded\t" file "\t" unloaded[$7] "\t" $8
	delete bare[$7]
	if ($7 in lost) {
		name = lost[$7]
		refuse("is not in the image, but has a symbol, " $8 ": give it another name")
		delete lost[$7]
	}
}
END {
	finish()
	for (i = 1; i <= spares; i++) {
		split(spare[i], part, "\t")
		wanted = part[1] == "still" ? part[4] in jumped_anywhere : part[4] in used_anywhere
		if (wanted && !said[part[2], part[3]]++)
			print spare[i]
	}
	for (name in used_anywhere)
		if (name ~ /___elab[bs]$|^INIT\$_\$/)
			print "called\t\t" name
}
