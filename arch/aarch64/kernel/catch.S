/* SPDX-License-Identifier: MIT */
/* catch.S - for trap_try: calls a function that arch_throw can leave from any depth. */
#include "arch/aarch64/boot/callee.inc"
#include "arch/cpu.h"

/*
 * arch_catch
 * In: x0 function, x1 its argument, x2 struct trap_catch. Out: x0 = 0 it returned, 1 thrown.
 * Clobbers: as AAPCS64. Runs: kernel, any stack.
 * state[]: SP, DAIF, SPSel, SP_ELx; if SPSel is 1 the last is SP itself.
 */
	.section .text.arch_catch, "ax"
	.global arch_catch
	.type arch_catch, %function
arch_catch:
	callee_push
	mov	x29, sp				// a frame, for backtraces
	mov	x9, sp
	mrs	x10, daif
	mrs	x11, spsel
	msr	daifset, #0xf			// an interrupt would use the wrong stack here
	msr	spsel, #1
	mov	x12, sp
	cbnz	x11, 1f
	msr	spsel, #0
1:	msr	daif, x10
	dsb	sy				// take an SError of earlier code before the call
	isb
	stp	x11, x12, [x2, #CATCH_STATE + 0x10]
	stp	x9, x10, [x2, #CATCH_STATE]	// last: from now on it can be thrown to
	mov	x9, x0
	mov	x0, x1
	blr	x9
	dsb	sy				// take an SError that the function has caused
	isb
	mov	x0, xzr
catch_return:
	callee_pop
	ret
	.size arch_catch, . - arch_catch

/* arch_throw - In: x0 struct trap_catch. Out: never; arch_catch returns 1. Runs: any stack. */
	.global arch_throw
	.type arch_throw, %function
arch_throw:
	ldp	x9, x10, [x0, #CATCH_STATE]
	ldp	x11, x12, [x0, #CATCH_STATE + 0x10]
	msr	daifset, #0xf
	msr	spsel, #1
	mov	sp, x12
	cbnz	x11, 1f
	msr	spsel, #0
	mov	sp, x9
1:	mov	x29, x9				// a backtrace must not use the handler's frame
	msr	daif, x10
	dsb	sy				// take an SError still pending: it throws again
	isb
	mov	x0, #1
	b	catch_return
	.size arch_throw, . - arch_throw
