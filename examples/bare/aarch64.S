/* SPDX-License-Identifier: MIT */
/* aarch64.S - exception vectors. One of them returns. EL1. */

/*
 * vectors - for VBAR_EL1. A synchronous exception calls trap_taken(ESR_EL1) and returns to the
 * instruction after the one that caused it; the other vectors hang.
 */
	.text
	.balign	0x800
	.globl vectors
vectors:
	.set	offset, 0
	.rept	16
	.balign	0x80
	.if	offset == 0x200			/* this EL with its own SP: synchronous */
	b	synchronous
	.else
	b	.
	.endif
	.set	offset, offset + 0x80
	.endr

synchronous:
	stp	x0, x1, [sp, #-0xa0]!
	stp	x2, x3, [sp, #0x10]
	stp	x4, x5, [sp, #0x20]
	stp	x6, x7, [sp, #0x30]
	stp	x8, x9, [sp, #0x40]
	stp	x10, x11, [sp, #0x50]
	stp	x12, x13, [sp, #0x60]
	stp	x14, x15, [sp, #0x70]
	stp	x16, x17, [sp, #0x80]
	stp	x18, x30, [sp, #0x90]
	mrs	x0, esr_el1
	bl	trap_taken
	mrs	x0, elr_el1
	add	x0, x0, #4			/* past the instruction */
	msr	elr_el1, x0
	ldp	x2, x3, [sp, #0x10]
	ldp	x4, x5, [sp, #0x20]
	ldp	x6, x7, [sp, #0x30]
	ldp	x8, x9, [sp, #0x40]
	ldp	x10, x11, [sp, #0x50]
	ldp	x12, x13, [sp, #0x60]
	ldp	x14, x15, [sp, #0x70]
	ldp	x16, x17, [sp, #0x80]
	ldp	x18, x30, [sp, #0x90]
	ldp	x0, x1, [sp], #0xa0
	eret
