/* SPDX-License-Identifier: MIT */
/* riscv64.S - what C cannot do: interrupts, and a hart that starts without translation. */
#include "riscv64.h"

/* The registers that a called function may change, in 0x80 bytes at SP. */
	.macro	caller op
	\op	ra, 0x00(sp)
	.irp	n, 5,6,7
	\op	x\n, (\n * 8 - 0x20)(sp)
	.endr
	.irp	n, 10,11,12,13,14,15,16,17
	\op	x\n, (\n * 8 - 0x30)(sp)
	.endr
	.irp	n, 28,29,30,31
	\op	x\n, (\n * 8 - 0x80)(sp)
	.endr
	.endm

/*
 * stvec, direct mode (privileged specification 4.1.2). Exceptions are left to the stub: the
 * instruction is executed again under its vectors. sscratch holds t0 until the cause is known.
 */
	.text
	.balign	4
	.globl vectors
vectors:
	csrw	sscratch, t0
	csrr	t0, scause
	bltz	t0, interrupt
	lla	t0, stub_vectors
	ld	t0, (t0)
	csrw	stvec, t0
	csrr	t0, sscratch
	sret

interrupt:
	csrr	t0, sscratch
	addi	sp, sp, -0x80
	caller	sd
	call	irq_handle
	caller	ld
	addi	sp, sp, 0x80
	sret

/*
 * second_entry - where SBI starts the second hart
 * In: a0 its number, a1 its state, physical. Out: never; goes on at second_main, under the first
 * hart's tables. Runs: satp 0; the image runs at its physical address.
 */
	.globl second_entry
second_entry:
	ld	t0, STATE_SATP(a1)
	ld	t1, STATE_STVEC(a1)
	ld	sp, STATE_STACK(a1)
	li	t2, 1
	sd	t2, STATE_ARRIVED(a1)
	csrw	sie, zero
	csrw	stvec, t1
	sfence.vma
	csrw	satp, t0
	sfence.vma
	fence.i
	li	s0, 0
	li	ra, 0
	tail	second_main
