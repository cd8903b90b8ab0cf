/* SPDX-License-Identifier: MIT */
	.section .rodata.font_file, "a"
	.globl	font_file
font_file:
	.incbin	"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"
