/* SPDX-License-Identifier: MIT */
/* catch.S - a function that can be left from wherever it is: what trap_try is made of. */
#include "arch/aarch64/boot/callee.inc"

/*
 * arch_catch
 * In: x0 function, x1 its argument. Out: x0 = 0 it returned, 1 thrown.
 * Clobbers: as AAPCS64. Runs: kernel, one at a time.
 */
	.section .text.arch_catch, "ax"
	.global arch_catch
	.type arch_catch, %function
arch_catch:
	callee_push
	adrp	x9, catch_sp
	mov	x10, sp
	str	x10, [x9, #:lo12:catch_sp]
	mov	x9, x0
	mov	x0, x1
	blr	x9
	mov	x0, xzr
catch_return:
	callee_pop
	ret
	.size arch_catch, . - arch_catch

/* arch_throw - In: nothing. Out: in arch_catch, with 1. Runs: any stack, fn still running. */
	.global arch_throw
	.type arch_throw, %function
arch_throw:
	adrp	x9, catch_sp
	ldr	x10, [x9, #:lo12:catch_sp]
	mov	sp, x10
	mov	x0, #1
	b	catch_return
	.size arch_throw, . - arch_throw

	.section .data.catch_sp, "aw"
	.balign	8
catch_sp:
	.quad	0				// where arch_catch called fn
