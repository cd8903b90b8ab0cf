/* SPDX-License-Identifier: MIT */
/*
 * catch.S - for trap_try: calls a function that arch_throw can leave from any depth.
 * arch_trap_probe, for tests, is interrupted with known values in all registers.
 */
#include "arch/cpu.h"

/* The registers that a routine must preserve, below SP + 0x70. */
	.macro	callee op
	\op	ra, 0x68(sp)
	\op	s0, 0x60(sp)
	\op	s1, 0x58(sp)
	.irp	n, 2,3,4,5,6,7,8,9,10,11
	\op	s\n, (0x60 - 8 * \n)(sp)
	.endr
	.endm

/*
 * arch_catch
 * In: a0 function, a1 its argument, a2 struct trap_catch. Out: a0 = 0 it returned, 1 thrown.
 * Clobbers: as the psABI. Runs: kernel, any stack.
 */
	.section .text.arch_catch, "ax"
	.global arch_catch, arch_throw
	.type arch_catch, @function
arch_catch:
	addi	sp, sp, -0x70
	callee	sd
	addi	s0, sp, 0x70			# a frame, for backtraces
	csrr	t0, sstatus
	sd	sp, CATCH_STATE(a2)
	sd	t0, CATCH_STATE + 8(a2)
	mv	t0, a0
	mv	a0, a1
	jalr	t0
	li	a0, 0
catch_return:
	callee	ld
	addi	sp, sp, 0x70
	ret
	.size arch_catch, . - arch_catch

/* arch_throw - In: a0 struct trap_catch. Out: never; arch_catch returns 1. Runs: any stack. */
	.type arch_throw, @function
arch_throw:
	ld	sp, CATCH_STATE(a0)
	ld	t0, CATCH_STATE + 8(a0)
	li	a0, 1
	csrw	sstatus, t0
	j	catch_return
	.size arch_throw, . - arch_throw

/*
 * arch_trap_probe
 * In: a0 0: execute a breakpoint; else wait until the 8 bytes at address in[1] are not 0. a1 in:
 * values for x1 and x3 to x31; a2 out: where their values afterwards are stored. Out: nothing else.
 * Clobbers: as the psABI. Runs: any stack.
 */
	.macro	probe op, base
	\op	x1, 0(\base)
	.irp	n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	\op	x\n, (\n * 8 - 16)(\base)
	.endr
	.endm

	.section .text.arch_trap_probe, "ax"
	.global arch_trap_probe
	.type arch_trap_probe, @function
arch_trap_probe:
	addi	sp, sp, -0x70
	callee	sd
	addi	sp, sp, -0x20
	sd	gp, 0(sp)
	sd	tp, 8(sp)
	sd	a2, 0x10(sp)
	mv	x31, a1
	bnez	a0, 1f
	probe	ld, x31
	ld	x31, 0xe8(x31)
	ebreak
	j	2f
1:	probe	ld, x31
	ld	x31, 0xe8(x31)
3:	ld	x1, (x3)
	beqz	x1, 3b
2:	sd	x31, 0x18(sp)
	ld	x31, 0x10(sp)
	probe	sd, x31
	ld	x1, 0x18(sp)
	sd	x1, 0xe8(x31)
	ld	gp, 0(sp)
	ld	tp, 8(sp)
	addi	sp, sp, 0x20
	callee	ld
	addi	sp, sp, 0x70
	ret
	.size arch_trap_probe, . - arch_trap_probe
