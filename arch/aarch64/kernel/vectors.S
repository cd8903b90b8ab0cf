/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - exceptions and interrupts, and the return from them. Arm ARM D1.3.
 *
 * Code outside handlers runs on SP_EL0 and handlers run on SP_ELx, so handlers have a good stack
 * even if the other is broken. If a handler is interrupted, SP_ELx is first compared with the
 * bounds of its stack; if it is outside, the CPU's spare trap stack is used. TPIDRRO_EL0 saves a
 * register for that.
 */
#include "kernel/cpu/cpu.h"
#include "frame.h"

#define CPU_TRAP_LOW	CPU_ARCH	/* SP_ELx must be in the CPU_TRAP_STACK bytes from here */
#define CPU_TRAP_SPARE	(CPU_ARCH + 8)	/* top of the spare stack */

/* In: SP, with FRAME_SIZE bytes of room below. Out: SP is the frame; x0 and x1 are free. */
	.macro	frame_begin
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	.endm

/* x1: SP of the interrupted code */
	.macro	frame_save el
	stp	x2, x3, [sp, #0x10]
	stp	x4, x5, [sp, #0x20]
	stp	x6, x7, [sp, #0x30]
	stp	x8, x9, [sp, #0x40]
	stp	x10, x11, [sp, #0x50]
	stp	x12, x13, [sp, #0x60]
	stp	x14, x15, [sp, #0x70]
	stp	x16, x17, [sp, #0x80]
	stp	x18, x19, [sp, #0x90]
	stp	x20, x21, [sp, #0xa0]
	stp	x22, x23, [sp, #0xb0]
	stp	x24, x25, [sp, #0xc0]
	stp	x26, x27, [sp, #0xd0]
	stp	x28, x29, [sp, #0xe0]
	stp	x30, x1, [sp, #0xf0]
	mrs	x2, elr_el\el
	mrs	x3, spsr_el\el
	stp	x2, x3, [sp, #FRAME_ELR]
	stp	x29, x2, [sp, #FRAME_LINK]
	add	x29, sp, #FRAME_LINK
	.endm

/* Restore the whole frame except SP_EL0, which handlers do not change. */
	.macro	frame_return el
	ldp	x2, x3, [sp, #FRAME_ELR]
	msr	elr_el\el, x2
	msr	spsr_el\el, x3
	ldr	x30, [sp, #0xf0]
	ldp	x28, x29, [sp, #0xe0]
	ldp	x26, x27, [sp, #0xd0]
	ldp	x24, x25, [sp, #0xc0]
	ldp	x22, x23, [sp, #0xb0]
	ldp	x20, x21, [sp, #0xa0]
	ldp	x18, x19, [sp, #0x90]
	ldp	x16, x17, [sp, #0x80]
	ldp	x14, x15, [sp, #0x70]
	ldp	x12, x13, [sp, #0x60]
	ldp	x10, x11, [sp, #0x50]
	ldp	x8, x9, [sp, #0x40]
	ldp	x6, x7, [sp, #0x30]
	ldp	x4, x5, [sp, #0x20]
	ldp	x2, x3, [sp, #0x10]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret
	.endm

/* The code of one vector, at most 0x80 bytes. */
	.macro	vector_code el, vector
	.if	(\vector & (VECTOR_LOWER | VECTOR_OWN)) == VECTOR_OWN
	msr	tpidrro_el0, x0
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #CPU_TRAP_LOW]
	sub	x0, sp, x0
	cmp	x0, #CPU_TRAP_STACK
	mrs	x0, tpidrro_el0
	b.hs	trap_broken_el\el
	msr	tpidrro_el0, xzr		// a kernel's EL0 could read it
	frame_begin
	add	x1, sp, #FRAME_SIZE
	.else
	frame_begin
	mrs	x1, sp_el0
	.endif
	.if	(\vector & VECTOR_WHAT) == VECTOR_IRQ
	b	irq_entry_el\el
	.else
	mov	x0, #\vector
	b	trap_entry_el\el
	.endif
	.endm

/*
 * trap_vectors_el1, trap_vectors_el2 - VBAR_EL1, VBAR_EL2
 * In: any state. Out: returns to the interrupted code, with its registers. Clobbers: TPIDRRO_EL0,
 * which becomes 0. Runs: on any exception, DAIF masked by the CPU, on SP_ELx or the spare stack.
 */
	.macro	vector_table el
	.section .vectors.text.el\el, "ax"
	.balign	0x800
	.global	trap_vectors_el\el
trap_vectors_el\el:
	.set	vector, 0
	.rept	VECTORS
	.balign	0x80
	vector_code \el, vector
	.set	vector, vector + 1
	.endr

	.section .text.trap_entry_el\el, "ax"
/* In: x0 vector, x1 interrupted SP, SP the frame with x0 and x1. Out: returns to the frame. */
	.type	trap_entry_el\el, %function
trap_entry_el\el:
	frame_save \el
	mov	x1, x0
	mov	x0, sp
	bl	trap_entered
	frame_return \el
	.size	trap_entry_el\el, . - trap_entry_el\el

	.type	irq_entry_el\el, %function
irq_entry_el\el:
	frame_save \el
	mov	w0, wzr
	bl	trap_interrupt
	frame_return \el
	.size	irq_entry_el\el, . - irq_entry_el\el

/* In: x0 saved in TPIDRRO_EL0. Runs: SP_ELx is outside its stack, so it is not used. */
	.type	trap_broken_el\el, %function
trap_broken_el\el:
	mrs	x0, tpidr_el1
	ldr	x0, [x0, #CPU_TRAP_SPARE]
	sub	x0, x0, #FRAME_SIZE
	str	x1, [x0, #8]
	mov	x1, sp
	mov	sp, x0
	mrs	x0, tpidrro_el0
	str	x0, [sp]
	mov	x0, #VECTOR_BROKEN
	b	trap_entry_el\el
	.size	trap_broken_el\el, . - trap_broken_el\el
	.endm

	vector_table 1
	vector_table 2

/*
 * trap_stack_switch
 * In: x0 top of the handlers' stack. Out: SP_ELx is x0; SPSel is 0, and SP_EL0 is the old SP.
 * Clobbers: x1. Runs: EL1 or EL2, any stack, everything masked.
 */
	.section .text.trap_stack_switch, "ax"
	.global trap_stack_switch
	.type trap_stack_switch, %function
trap_stack_switch:
	mov	x1, sp
	msr	spsel, #1
	mov	sp, x0
	msr	spsel, #0
	mov	sp, x1
	ret
	.size trap_stack_switch, . - trap_stack_switch
