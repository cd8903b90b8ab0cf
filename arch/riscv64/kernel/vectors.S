/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - exceptions and interrupts, and the return from them.
 *
 * Outside this code sscratch holds the CPU's struct cpu. Handlers have a stack of their own, so
 * that a broken stack can be reported, and a spare one in case their own overflows.
 */
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/registers.inc"
#include "arch/riscv64/boot/trap.h"
#include "frame.h"

/*
 * trap_entry - stvec, direct mode
 * In: any state. Out: returns to the frame's sepc, with its registers. Clobbers: nothing.
 * Runs: on any trap, interrupts masked by the CPU.
 *
 * Register  holds
 * t0        struct cpu
 * t1        SP - CPU_LOW, then the frame
 * t2        scratch
 * a2        1 if the handlers' stack has overflowed, else 0
 */
	.section .text.trap_entry, "ax"
	.balign	4
	.global trap_entry
	.type trap_entry, @function
trap_entry:
	csrrw	t0, sscratch, t0
	sd	t1, CPU_T1(t0)
	sd	t2, CPU_T2(t0)
	ld	t1, CPU_LOW(t0)
	sub	t1, sp, t1
	li	t2, CPU_TRAP_STACK
	bltu	t1, t2, 4f			# a handler is interrupted
	li	t2, FRAME_OVER
	add	t1, t1, t2
	bltu	t1, t2, 5f
	ld	t1, CPU_TOP(t0)
1:	addi	t1, t1, -FRAME_SIZE
	registers sd, t1
	li	a2, 0
2:	sd	x1, 0(t1)
	sd	sp, TRAP_SP(t1)
	sd	gp, 0x10(t1)
	sd	tp, 0x18(t1)
	csrrw	t2, sscratch, t0
	sd	t2, TRAP_T0(t1)
	ld	t2, CPU_T1(t0)
	sd	t2, TRAP_T0 + 8(t1)
	ld	t2, CPU_T2(t0)
	sd	t2, TRAP_T0 + 16(t1)
	csrr	t2, sepc
	sd	t2, FRAME_SEPC(t1)
	sd	t2, FRAME_LINK + 8(t1)
	sd	s0, FRAME_LINK(t1)
	csrr	t2, sstatus
	sd	t2, FRAME_SEPC + 8(t1)
	li	t2, SSTATUS_SDT			# handlers may fault: trap_try
	csrc	sstatus, t2
	addi	s0, t1, FRAME_LINK + 16
	mv	sp, t1
	csrr	a1, scause
	bgez	a1, 6f
	sext.w	a0, a1				# an interrupt
	jal	trap_interrupt
3:	addi	t2, sp, FRAME_SEPC
	ld	t0, (t2)
	sc.d	zero, t0, (t2)			# or an SC of the interrupted code may use our LR
	ld	t1, FRAME_SEPC + 8(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	registers ld, sp
	ld	x1, 0(sp)
	ld	gp, 0x10(sp)
	ld	tp, 0x18(sp)
	ld	t0, TRAP_T0(sp)
	ld	sp, TRAP_SP(sp)
	sret
4:	mv	t1, sp
	j	1b
5:	ld	t1, CPU_SPARE(t0)
	addi	t1, t1, -FRAME_SIZE
	registers sd, t1
	li	a2, 1
	j	2b
6:	mv	a0, sp
	jal	trap_entered
	j	3b
	.size trap_entry, . - trap_entry
