/* SPDX-License-Identifier: MIT */
/* image.c - see image.h. Its .bss holds garbage: Q-16. */
#include "tests/host/image.h"

#define STRING(x)	#x
#define NUMBER(x)	STRING(x)

__asm__(".section .image.head, \"aw\", @progbits\n"
	".balign 4096\n"
	".globl image_start, image_doors, image_text, image_rodata, image_sbat, image_relro\n"
	".globl idmap_start, idmap_end, kernel_entry, image_rela, image_rela_end\n"
	".globl image_relro_end, image_data, image_data_end, image_sum, image_end\n"
	".globl image_bss_file, image_bss, image_bss_end\n"
	".globl image_symbols, image_symbols_end\n"
	"image_start:	.fill 0x1000, 1, 0x11\n"
	"image_doors:	.fill 0x1000, 1, 0x8f\n"
	"image_text:	.fill 0x230, 1, 0x90\n"
	"kernel_entry:	.fill 0x1e10, 1, 0x91\n"
	"idmap_start:	.fill 0x80, 1, 0x92\n"
	"idmap_end:	.fill 0x1f40, 1, 0x93\n"
	"image_symbols:\nimage_symbols_end:\n"
	"image_rodata:	.fill 0x100, 1, 0x22\n"
	"image_rela:	.skip 24 * " NUMBER(IMAGE_RELAS) "\n"
	"image_rela_end: .fill 0xf00, 1, 0x22\n"
	".balign 4096\n"
	"image_sbat:	.fill 0x1000, 1, 0x55\n"
	"image_relro:	.fill 0x7f8, 1, 0x33\n"
	"image_relro_end: .fill 0x800, 1, 0x33\n"
	"image_sum:	.quad 0\n"
	"image_data:	.fill 0x1040, 1, 0x44\n"
	".section .image.tail, \"aw\", @progbits\n"
	".balign 4096\n"
	"image_data_end:\n"
	"image_bss_file: .fill 0x48, 1, 0x55\n"	/* .bss.noinit */
	"image_bss:	.fill 0x2f00, 1, 0x55\n"
	"image_bss_end:	.fill 0xb8, 1, 0x55\n"
	"image_end:\n"
	".globl image_added, image_added_end\n"
	"image_added:	.skip 0x3000\n"	/* what tools add to the file */
	"image_added_end:\n"
	".text\n");
