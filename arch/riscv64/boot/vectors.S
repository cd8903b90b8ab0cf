/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - one entry for every trap, on a good or a broken stack. No trap returns. sscratch is
 * ours once firmware is gone; it holds a register until the trap stack is found.
 */
#include "registers.inc"
#include "trap.h"

/*
 * trap_vectors - stvec, direct mode
 * In: any state. Out: never; calls trap_handle with x1 to x31 in memory.
 * Runs: on any trap, interrupts masked by the CPU.
 */
	.section .text.trap_vectors, "ax"
	.balign	4
	.global trap_vectors
trap_vectors:
	csrw	sscratch, t0
	lla	t0, trap_stack
	ld	t0, (t0)
	addi	t0, t0, -TRAP_FRAME
	registers sd, t0
	sd	x1, 0(t0)
	sd	sp, TRAP_SP(t0)
	sd	gp, 0x10(t0)
	sd	tp, 0x18(t0)
	csrr	t1, sscratch
	sd	t1, TRAP_T0(t0)
	mv	sp, t0
	mv	a0, t0
	li	s0, 0
	jal	trap_handle
