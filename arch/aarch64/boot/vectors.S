/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - one exception table for EL1 and EL2, MMU on or off, good or broken stack.
 *
 * No exception of our own level returns, so nothing is restored. TPIDR_EL0 and TPIDRRO_EL0 hold two
 * registers until the trap stack is found: they exist at both levels, and we have no other use for
 * them.
 */
#include "sysreg.h"
#include "trap.h"

#define PARK		1		/* vectors with room */
#define COPY		2
#define LOWER_SYNC	8		/* from a lower level, AArch64 */
#define VBAR_SYNC	0x200		/* from the same level on SP_ELx; on SP_EL0: 0 */

/*
 * Runs at EL2, MMU off, for a kernel at EL1 (drop.c). There is no hypervisor, so HVC returns
 * NOT_SUPPORTED (SMCCC 5.2). Any other exception taken to EL2 is passed to the kernel. With E2H the
 * code is in the next vector, which is free because no interrupt of EL1 is taken to EL2. TPIDR_EL2
 * belongs to this code.
 */
	.macro	lower spsr, elr, esr, far, vbar
	msr	tpidr_el2, x0
	mrs	x0, hcr_el2
	.if	vector == LOWER_SYNC
	tbnz	x0, #HCR_E2H, 7f
	.endif
	mrs	x0, esr_el2
	lsr	x0, x0, #ESR_EC_SHIFT
	cmp	x0, #ESR_EC_HVC
	mov	x0, #-1
	b.eq	8f
	mrs	x0, esr_el2
	msr	\esr, x0
	mrs	x0, far_el2
	msr	\far, x0
	mrs	x0, elr_el2
	msr	\elr, x0
	mrs	x0, spsr_el2
	msr	\spsr, x0
	tst	x0, #SPSR_SP			// the flags are in SPSR
	mrs	x0, \vbar
	b.eq	9f
	add	x0, x0, #VBAR_SYNC
9:	msr	elr_el2, x0
	mov	x0, #SPSR_EL1H_DAIF
	msr	spsr_el2, x0
	mrs	x0, tpidr_el2
8:	eret
	.endm

/*
 * park_code
 * In: x0 the 8 bytes that the CPU polls, SP 8 bytes to set once it is here (16-byte aligned); both
 * physical. Out: never; branches to the address that is written to the polled bytes.
 * Runs: MMU off, DAIF masked.
 *
 * A CPU that was not started by PSCI waits here for the next kernel; at park_rest it waits for
 * ever. The page is never given away (boot_info.pinned). It is the vectors' own, and the code is in
 * the unused part of one vector, so no page is spent on it.
 */
	.macro	park
	.global	park_code, park_rest
park_code:
	str	x0, [sp]			// the CPU no longer uses memory of the kernel
1:	wfe
	ldr	x1, [x0]
	cbz	x1, 1b
	ic	iallu
	dsb	nsh
	isb
	br	x1
park_rest:
	wfe
	b	park_rest
	.endm

/*
 * trap_vectors - VBAR_ELx, Arm ARM D1.3.1
 * Runs: on any exception, DAIF masked by the CPU.
 */
	.section .vectors.text, "ax"
	.balign	0x800
	.global trap_vectors
trap_vectors:
	.set	vector, 0
	.rept	16
	.balign	0x80
	.if	vector == LOWER_SYNC
	lower	spsr_el1, elr_el1, esr_el1, far_el1, vbar_el1
	.elseif	vector == LOWER_SYNC + 1
7:	lower	SPSR_EL12, ELR_EL12, ESR_EL12, FAR_EL12, VBAR_EL12
	.else
	msr	tpidr_el0, x0
	mov	x0, #vector
	b	trap_common
	.if	vector == PARK
	park
	.elseif	vector == COPY
#include "copy.inc"
	.endif
	.endif
	.set	vector, vector + 1
	.endr

/*
 * In: x0 vector, TPIDR_EL0 the old x0. Out: never; calls trap_handle(vector, frame).
 * x1 is the frame until it becomes SP.
 */
trap_common:
	msr	tpidrro_el0, x1
	adrp	x1, trap_stack
	ldr	x1, [x1, #:lo12:trap_stack]
	sub	x1, x1, #TRAP_FRAME
	stp	x2, x3, [x1, #0x10]
	mrs	x2, tpidr_el0
	mrs	x3, tpidrro_el0
	stp	x2, x3, [x1]
	stp	x4, x5, [x1, #0x20]
	stp	x6, x7, [x1, #0x30]
	stp	x8, x9, [x1, #0x40]
	stp	x10, x11, [x1, #0x50]
	stp	x12, x13, [x1, #0x60]
	stp	x14, x15, [x1, #0x70]
	stp	x16, x17, [x1, #0x80]
	stp	x18, x19, [x1, #0x90]
	stp	x20, x21, [x1, #0xa0]
	stp	x22, x23, [x1, #0xb0]
	stp	x24, x25, [x1, #0xc0]
	stp	x26, x27, [x1, #0xd0]
	stp	x28, x29, [x1, #0xe0]
	mov	x2, sp
	stp	x30, x2, [x1, #0xf0]
	mov	sp, x1
	mov	x29, xzr
	bl	trap_handle
