# SPDX-License-Identifier: MIT
# names.awk - part of stubborn-link: what llvm-nm -A -S -t d prints of the files whose names are in
# the first input, as lines of file, type, size and name, separated by tabs. An archive's member is
# called ARCHIVE(MEMBER), as lld calls it.

# The file that nm calls PATH: for a member that is ARCHIVE:MEMBER.
function called(path,  i) {
	for (i = 1; i <= files && !(path in given); i++)
		if (index(path, name[i] ":") == 1)
			return name[i] "(" substr(path, length(name[i]) + 2) ")"
	return path
}

NR == FNR { given[$0] = 1; name[++files] = $0; next }
match($0, /: ([-0-9]+ ([-0-9]+ )?| +)[A-Za-z?] /) {
	path = substr($0, 1, RSTART - 1)
	if (path != last) {
		last = path
		file = called(path)
	}
	number = split(substr($0, RSTART + 2, RLENGTH - 3), part, " ")
	print file "\t" part[number] "\t" (number == 3 ? part[2] + 0 : 0) "\t" \
		substr($0, RSTART + RLENGTH)
}
