/* SPDX-License-Identifier: MIT */
/*
 * entry.S - entry points: of the PE file, of the RISC-V Image, of the kernel, and of a kernel that
 * boots itself again.
 */
#include "include/stubborn/boot_info.h"
#include "csr.h"
#include "lib/image.h"
#include "sbi.h"

#define C_NOP		0x0001
#define SYSTEM_CON_OUT	64			/* lib/efi.h */
#define OUTPUT_STRING	8
#define EFI_UNSUPPORTED	((1 << 63) | 3)

/*
 * efi_entry - UEFI 2.10, 2.3.7
 * In: a0 image handle, a1 system table. Out: a0 EFI_STATUS. Clobbers: as the psABI.
 * Runs: S-mode, firmware's tables, stack and interrupts; relocations not applied yet.
 *
 * All other code uses compressed instructions. So one is tried first, with stvec pointing to
 * efi_uncompressed: a CPU without them raises an exception.
 */
	.section .text.entry, "ax"
	.global efi_entry
	.type efi_entry, @function
	.option push
	.option norvc
	.balign	4
efi_entry:
	rdtime	a3				# t0, before anything else
	csrrci	t0, sstatus, SSTATUS_SIE
	lla	t1, efi_uncompressed
	csrrw	t1, stvec, t1
	.hword	C_NOP, C_NOP			# two: the next instruction stays aligned to 4
	csrw	stvec, t1
	csrw	sstatus, t0
	mv	a2, a1
	mv	a1, a0
	li	a0, BOOT_ENTRY_UEFI
	j	stub_main			# returns to firmware
	.size efi_entry, . - efi_entry

/*
 * efi_uncompressed - where efi_entry's exception arrives
 * In: a1 system table, t0 sstatus, t1 stvec. Out: to efi_entry's caller: a0 EFI_UNSUPPORTED, after
 * a message on ConOut if there is one. Clobbers: as the psABI. Runs: as efi_entry.
 */
	.section .text.efi_uncompressed, "ax"
	.type efi_uncompressed, @function
	.balign	4
efi_uncompressed:
	csrw	stvec, t1
	csrw	sstatus, t0
	addi	sp, sp, -16
	sd	ra, (sp)
	beqz	a1, 1f
	ld	a0, SYSTEM_CON_OUT(a1)
	beqz	a0, 1f
	ld	t0, OUTPUT_STRING(a0)
	beqz	t0, 1f
	lla	a1, efi_uncompressed_text
	jalr	t0
1:	ld	ra, (sp)
	addi	sp, sp, 16
	li	a0, EFI_UNSUPPORTED
	ret
	.size efi_uncompressed, . - efi_uncompressed
	.option pop

/*
 * image_entry - Linux's Documentation/arch/riscv/boot.rst; branched to by the header
 * In: a0 hart, a1 device tree. Out: never. Runs: S-mode, satp 0, no stack.
 *
 * Only the first hart goes on. OpenSBI before 1.3 marks a hart as started before it writes the
 * start address, so a hart that arch/riscv64/kernel/smp.c starts may arrive here instead. It stops
 * itself, and smp.c starts it again.
 */
	.section .text.entry, "ax"
	.global image_entry
	.type image_entry, @function
image_entry:
	rdtime	a3				# t0
	li	t0, SSTATUS_SDT | SSTATUS_SIE	# probe.S reads what may fault
	csrc	sstatus, t0
	csrw	sie, zero
	lla	t0, image_entered
	li	t1, 1
	amoswap.w t1, t1, (t0)
	bnez	t1, image_stop
	mv	a2, a0
	li	a0, BOOT_ENTRY_IMAGE
	lla	sp, image_end + RAW_SCRATCH
	lla	t0, image_little_ram		# some loaders do not check that it exists
	csrrw	t0, stvec, t0
	sd	zero, -8(sp)
	csrw	stvec, t0
	li	s0, 0				# backtraces end here
	li	ra, 0
	j	stub_main
image_stop:
	li	a7, SBI_HSM
	li	a6, SBI_HART_STOP
	ecall
0:	wfi					# hart_stop failed
	j	0b
	.size image_entry, . - image_entry

	.section .text.little_ram, "ax"
	.balign	4				# as stvec needs it
image_little_ram:
	lla	s0, little_ram
1:	lbu	a0, (s0)
	beqz	a0, 0f
	li	a7, SBI_PUTCHAR
	ecall
	addi	s0, s0, 1
	j	1b
0:	wfi
	j	0b
little_ram:
	.asciz	"stubborn: error: too little memory for the image and its .bss\r\n"

	.section .data.image_entered, "aw"
	.balign	4
image_entered:
	.word	0
	.previous

/*
 * again_entry - the stub's entry when the running kernel boots itself again
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
