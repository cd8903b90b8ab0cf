/* SPDX-License-Identifier: MIT */
/* entry.S - entry points: of the PE file, of the RISC-V Image, of the kernel, and of a rebirth. */
#include "include/stubborn/boot_info.h"
#include "csr.h"
#include "lib/image.h"
#include "sbi.h"

/*
 * efi_entry - UEFI 2.10, 2.3.7
 * In: a0 image handle, a1 system table. Out: a0 EFI_STATUS. Clobbers: as the psABI.
 * Runs: S-mode, firmware's tables, stack and interrupts; relocations not applied yet.
 */
	.section .text.entry, "ax"
	.global efi_entry
	.type efi_entry, @function
efi_entry:
	rdtime	a3				# t0, before anything else
	mv	a2, a1
	mv	a1, a0
	li	a0, BOOT_ENTRY_UEFI
	j	stub_main			# returns to firmware
	.size efi_entry, . - efi_entry

/*
 * image_entry - Linux's Documentation/arch/riscv/boot.rst; branched to by the header
 * In: a0 hart, a1 device tree. Out: never. Runs: S-mode, satp 0, no stack.
 *
 * One hart only: OpenSBI before 1.3 marks a hart as started before it writes its address, so that
 * one started by arch/riscv64/kernel/smp.c may arrive here instead. It stops, and is started again.
 */
	.global image_entry
	.type image_entry, @function
image_entry:
	rdtime	a3				# t0
	csrci	sstatus, SSTATUS_SIE
	csrw	sie, zero
	lla	t0, image_entered
	li	t1, 1
	amoswap.w t1, t1, (t0)
	bnez	t1, image_stop
	mv	a2, a0
	li	a0, BOOT_ENTRY_IMAGE
	lla	sp, image_end + RAW_SCRATCH
	li	s0, 0				# backtraces end here
	li	ra, 0
	j	stub_main
image_stop:
	li	a7, SBI_HSM
	li	a6, SBI_HART_STOP
	ecall
0:	wfi					# it cannot be stopped
	j	0b
	.size image_entry, . - image_entry

	.section .data.image_entered, "aw"
	.balign	4
image_entered:
	.word	0
	.previous

/*
 * again_entry - where a kernel that boots itself once more arrives
 * In: a0 struct boot_info. Out: never. Runs: satp 0, SP at the end of RAW_SCRATCH bytes.
 */
	.section .text.again_entry, "ax"
	.global again_entry
	.type again_entry, @function
again_entry:
	li	s0, 0
	li	ra, 0
	j	again_enter
	.size again_entry, . - again_entry

/*
 * kernel_entry
 * In: a0 struct boot_info, as this regime sees it. Out: never.
 * Runs: the plan's regime, interrupts off, SP at the top of the boot stack.
 */
	.section .text.kernel_entry, "ax"
	.global kernel_entry
	.type kernel_entry, @function
kernel_entry:
	li	s0, 0				# backtraces end here
	li	ra, 0
	j	kernel_enter
	.size kernel_entry, . - kernel_entry
