/* SPDX-License-Identifier: MIT */
/* image_tail.c - the image's .bss, with somebody's data in it: Q-16. See image_head.c. */
__asm__(".section .image, \"aw\", @progbits\n"
	".balign 4096\n"
	".globl image_bss, image_end\n"
	"image_bss:	.fill 0x3000, 1, 0x55\n"
	"image_end:\n"
	".text\n");
