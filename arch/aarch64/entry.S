/* SPDX-License-Identifier: MIT */
/*
 * entry.S - where the world comes in: the PE entry point and the kernel's first instruction.
 */
#include "include/boot_info.h"

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
	mrs	x3, cntvct_el0			// t0: before anything else
	mov	x2, x1
	mov	x1, x0
	mov	w0, #BOOT_ENTRY_UEFI
	b	stub_main			// returns to firmware
	.size efi_entry, . - efi_entry

/*
 * kernel_entry
 * In: x0 struct boot_info, as this regime sees it. Out: never.
 * Runs: EL as found, DAIF masked, the plan's regime, SP at the top of the boot stack.
 */
	.global kernel_entry
	.type kernel_entry, %function
kernel_entry:
	mov	x29, xzr			// backtraces end here
	mov	x30, xzr
	b	kernel_main
	.size kernel_entry, . - kernel_entry
