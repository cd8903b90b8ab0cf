/* SPDX-License-Identifier: MIT */
/* sbat.S - what of the file depends on whose kernel it is. */

/* The revocation metadata that shim reads (CSV; first line: the format's own version). */
	.section .sbat, "aw"	/* not "a": a kernel's own constants shall lie before it */
	.ascii "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	.ascii "stubborn,1,Stubborn,stubborn,"
	.ascii STUBBORN_VERSION
	.ascii ",https://stubborn.invalid/\n"

/* What the kernel is called (sdk/stubborn-link writes it), for the header of Linux on a PC. */
	.section .setup_version, "a"
	.globl	setup_version
setup_version:
	.byte	0
