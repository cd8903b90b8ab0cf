/* SPDX-License-Identifier: MIT */
/*
 * start_riscv64.S - entries of an EFI application that ld.lld links with our own linker script, as
 * lld-link has no riscv64. It relocates itself: the file has no PE relocations.
 */
#define RELA_ADDEND	16		/* the offset is first */
#define RELA_SIZE	24

/*
 * In: a0 image handle, a1 system table, which efi_main gets unchanged. Out: efi_main's. Clobbers:
 * as the psABI. All relocations are R_RISCV_RELATIVE.
 */
	.text
	.global efi_entry, image_entry
efi_entry:
	lla	t0, image_rela
	lla	t1, image_rela_end
	lla	t2, image_start
1:	bgeu	t0, t1, 2f
	ld	t3, (t0)
	ld	t4, RELA_ADDEND(t0)
	add	t3, t3, t2
	add	t4, t4, t2
	sd	t4, (t3)
	addi	t0, t0, RELA_SIZE
	j	1b
2:	tail	efi_main

/* Never entered: the linker script's Image header refers to it. */
image_entry:
	j	image_entry
