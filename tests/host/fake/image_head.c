/* SPDX-License-Identifier: MIT */
/*
 * image_head.c - the first part of an image like the one lds/image.lds.S makes, in one section
 * of the host's program.
 *
 * Behind it fake.mk links the .data of console.c, crumb.c and panic.c, renamed into the same
 * section, then image_tail.c: the variables that the stub looks for in the copy are in it. The
 * "text" is never executed. Relocations are filled in when the program starts (run.c).
 */
__asm__(".section .image, \"aw\", @progbits\n"
	".balign 4096\n"
	".globl image_start, image_text, image_rodata, image_sbat, image_relro\n"
	".globl idmap_start, idmap_end, kernel_entry, kernel_wants, image_rela, image_rela_end\n"
	".globl image_data, image_sum\n"
	"image_start:	.fill 0x1000, 1, 0x11\n"
	"image_text:	.fill 0x230, 1, 0x90\n"
	"kernel_entry:	.fill 0x1dd0, 1, 0x91\n"
	"idmap_start:	.fill 0x80, 1, 0x92\n"
	"idmap_end:	.fill 0xf80, 1, 0x93\n"
	".balign 4096\n"
	"image_rodata:\n"
	"kernel_wants:	.long 88, 2\n"		/* size, BOOT_MMU_IDENTITY */
	".fill 80, 1, 0\n"
	"image_rela:	.skip 24 * 8\n"		/* FAKE_RELAS */
	"image_rela_end: .fill 0xea0, 1, 0x22\n"
	".balign 4096\n"
	"image_sbat:	.fill 0x1000, 1, 0x55\n"
	"image_relro:	.fill 0xff8, 1, 0x33\n"
	"image_sum:	.quad 0\n"		/* run.c */
	".balign 4096\n"
	"image_data:	.fill 0x40, 1, 0x44\n"
	".text\n");
