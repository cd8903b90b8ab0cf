/* SPDX-License-Identifier: MIT */
/* aarch64.S - what C cannot do: interrupts, and a CPU that starts with its MMU off. EL1. */
#include "aarch64.h"

/* The stub's vectors, except for interrupts taken on SP_EL1. Arm ARM, D1.3.1. */
	.section .text.vectors, "ax"
	.balign	0x800
	.globl vectors
vectors:
	.set	offset, 0
	.rept	16
	.balign	0x80
	.if	offset == 0x280
	b	irq_entry
	.else
	b	trap_vectors + offset
	.endif
	.set	offset, offset + 0x80
	.endr

irq_entry:
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
	bl	irq_handle
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

/*
 * second_entry - where PSCI starts the second CPU
 * In: x0 second_state, physical. Out: never; goes on at second_main, under the first CPU's tables.
 * Runs: EL1, MMU and caches off, so it has been cleaned to memory, up to second_end; the image runs
 * at its physical address.
 */
	.globl second_entry, second_end
second_entry:
	msr	daifset, #15
	msr	spsel, #1
	ldr	x1, [x0, #STATE_MAIR]
	msr	mair_el1, x1
	ldr	x1, [x0, #STATE_TCR]
	msr	tcr_el1, x1
	ldr	x1, [x0, #STATE_TTBR0]
	msr	ttbr0_el1, x1
	ldr	x1, [x0, #STATE_TTBR1]
	msr	ttbr1_el1, x1
	ldr	x1, [x0, #STATE_VBAR]
	msr	vbar_el1, x1
	ldr	x1, [x0, #STATE_STACK]
	mov	sp, x1
	ldr	x1, [x0, #STATE_SCTLR]
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el1, x1
	isb
	mov	x29, xzr
	mov	x30, xzr
	b	second_main
second_end:
