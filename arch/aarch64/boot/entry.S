/* SPDX-License-Identifier: MIT */
/*
 * entry.S - entry points: of the PE file, of the arm64 Image, and of the kernel.
 */
#include "include/stubborn/boot_info.h"
#include "lib/image.h"

/*
 * efi_entry - UEFI 2.10, 2.3.6
 * In: x0 image handle, x1 system table. Out: x0 EFI_STATUS. Clobbers: as AAPCS64.
 * Runs: EL1 or EL2, firmware's MMU, stack and interrupts; relocations not applied yet.
 */
	.section .text.entry, "ax"
	.global efi_entry
	.type efi_entry, %function
efi_entry:
	isb
	mrs	x3, cntvct_el0			// t0, before anything else
	mov	x2, x1
	mov	x1, x0
	mov	w0, #BOOT_ENTRY_UEFI
	b	stub_main			// returns to firmware
	.size efi_entry, . - efi_entry

/*
 * image_entry - Linux's Documentation/arch/arm64/booting.rst, section 4; branched to by the header
 * In: x0 device tree, x1 to x3 zero. Out: never.
 * Runs: EL1 or EL2, MMU and data cache off, no stack. It works with the MMU on too, if addresses
 * are physical. x19 to x21 live until stub_main.
 */
	.global image_entry
	.type image_entry, %function
image_entry:
	isb
	mrs	x19, cntvct_el0			// t0
	msr	daifset, #0xf
	mov	x20, x0
	mov	x21, x1
	adrp	x0, image_relro			// all that we write: no dirty line may land on it,
	adrp	x1, image_end + RAW_SCRATCH	// and loaders may clean only what they loaded
	sub	x1, x1, x0
	bl	arch_clean			// needs no stack
	adrp	x9, image_end + RAW_SCRATCH
	msr	spsel, #1
	mov	sp, x9
	mov	w0, #BOOT_ENTRY_IMAGE
	mov	x1, x20
	mov	x2, x21
	mov	x3, x19
	mov	x29, xzr			// backtraces end here
	mov	x30, xzr
	b	stub_main
	.size image_entry, . - image_entry

/*
 * kernel_entry
 * In: x0 struct boot_info, as this regime sees it. Out: never.
 * Runs: EL as found, DAIF masked, the plan's regime, SP at the top of the boot stack.
 */
	.global kernel_entry
	.type kernel_entry, %function
kernel_entry:
	hint	#36				// BTI j: arch_jump branches here
	mov	x29, xzr			// backtraces end here
	mov	x30, xzr
	b	kernel_enter
	.size kernel_entry, . - kernel_entry
