/* SPDX-License-Identifier: MIT */
/* sbat.S - the revocation metadata that shim reads (CSV; first line: the format's own version). */
	.section .sbat, "aw"	/* not "a": a kernel's own constants shall lie before it */
	.ascii "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	.ascii "stubborn,1,Stubborn,stubborn,"
	.ascii STUBBORN_VERSION
	.ascii ",https://stubborn.invalid/\n"
