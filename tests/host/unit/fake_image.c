/* SPDX-License-Identifier: MIT */
/* fake_image.c - what the linker script promises in image.h, as a row of whole pages. */
__asm__(".data\n"
	".balign 4096\n"
	".globl image_start, image_text, image_rodata, image_relro, image_data\n"
	".globl image_bss, image_end\n"
	"image_start:	.skip 0x1000\n"
	"image_text:	.skip 0x5000\n"
	"image_rodata:	.skip 0x3000\n"
	"image_relro:	.skip 0x1000\n"
	"image_data:	.skip 0x2000\n"
	"image_bss:	.skip 0x4000\n"
	"image_end:\n"
	".text\n");
