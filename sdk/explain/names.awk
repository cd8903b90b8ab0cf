# SPDX-License-Identifier: MIT
# names.awk - part of stubborn-link: what llvm-nm -A -S -t d prints of the files whose names are in
# the first input, as lines of file, type, size and name, separated by tabs. An archive's member is
# called ARCHIVE(MEMBER), as lld calls it. In the folder WORK, what the first two files, the SDK's,
# define for others goes to stub and to library, and all names of the other files to names.

# The file that nm calls PATH: for a member that is ARCHIVE:MEMBER. Sets nr: which one was given.
function called(path) {
	nr = given[path]
	if (nr)
		return path
	for (nr = 1; nr <= files; nr++)
		if (index(path, name[nr] ":") == 1)
			return name[nr] "(" substr(path, length(name[nr]) + 2) ")"
	return path
}

NR == FNR { given[$0] = ++files; name[files] = $0; next }
match($0, /: ([-0-9]+ ([-0-9]+ )?| +)[A-Za-z?] /) {
	path = substr($0, 1, RSTART - 1)
	if (path != last) {
		last = path
		file = called(path)
		to = ENVIRON["WORK"] "/" (nr == 1 ? "stub" : nr == 2 ? "library" : "names")
	}
	number = split(substr($0, RSTART + 2, RLENGTH - 3), part, " ")
	if (nr > 2 || part[number] ~ /[A-MO-TV-Z]/)	# N: a local name of debug information
		print file "\t" part[number] "\t" (number == 3 ? part[2] + 0 : 0) "\t" \
			substr($0, RSTART + RLENGTH) > to
}
