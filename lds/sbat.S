/* SPDX-License-Identifier: MIT */
/* sbat.S - the parts of the file that depend on the kernel's name. */

/* The revocation metadata that shim reads (CSV; first line: the version of the format). */
	.section .sbat, "aw"	/* not "a": a kernel's own constants must come before it */
	.ascii "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	.ascii "stubborn,1,Stubborn,stubborn,"
	.ascii STUBBORN_VERSION
	.ascii ",https://stubborn.invalid/\n"

/* The kernel's functions (written by sdk/stubborn-link, if it has symbol_find). */
	.section .symbols, "a"

/* The kernel's name (written by sdk/stubborn-link), for Linux's setup header. */
	.section .setup_version, "a"
	.globl	setup_version
setup_version:
	.byte	0
