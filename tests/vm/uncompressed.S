/* SPDX-License-Identifier: MIT */
/*
 * uncompressed.S - firmware for riscv64's `virt` without compressed instructions. It calls ENTRY in
 * S-mode as UEFI does, with a system table that has nothing but a console. Then it prints what
 * ENTRY returned, by how much stvec differs, sstatus.SIE, and by how much SP differs, and switches
 * off.
 *
 * Defined by the test: ENTRY, an address; TABLE, 0: no system table; CONSOLE, 0: none in it.
 */
#include "tests/vm/machine_mode.h"

#define STACK		0x81000000
#define CON_OUT		64
#define OUTPUT_STRING	8
#define SIE		(1 << 1)

	.option	norvc
	.global	_start
_start:
	supervisor_may
	lla	t0, supervisor
	csrw	mepc, t0
	li	t0, 3 << 11
	csrc	mstatus, t0
	li	t0, 1 << 11			# to S-mode
	csrs	mstatus, t0
	mret

supervisor:
	li	sp, STACK
	lla	t0, trap
	csrw	stvec, t0
	csrsi	sstatus, SIE			# and nothing is enabled
	li	a0, 0
	li	a1, 0
#if TABLE
	lla	a1, table
#if CONSOLE
	lla	t0, console
	sd	t0, CON_OUT(a1)
	lla	t1, output
	sd	t1, OUTPUT_STRING(t0)
#endif
#endif
	li	t0, ENTRY
	jalr	t0
	mv	s1, a0
	lla	s0, returned
	jal	print
	mv	s0, s1
	jal	number
	lla	s0, trap
	csrr	t0, stvec
	sub	s0, s0, t0
	jal	number
	csrr	s0, sstatus
	andi	s0, s0, SIE
	jal	number
	li	s0, STACK
	sub	s0, s0, sp
	jal	number
off:	li	t0, '\n'
	jal	put
	li	t0, TEST
	li	t1, 0x5555
	sw	t1, (t0)
	j	.

	.balign	4
trap:	lla	s0, trapped
	jal	print
	csrr	s0, scause
	jal	number
	csrr	s0, sepc
	jal	number
	j	off

/* OutputString - In: a0 console, a1 UTF-16. Out: a0 EFI_SUCCESS. Clobbers: a1, a3, t0 to t2. */
output:	mv	a3, ra
	lla	t0, console
	bne	a0, t0, .			# not ours
	csrr	t0, sstatus
	andi	t0, t0, SIE
	beqz	t0, .				# UEFI 2.10, 7.1: interrupts are on
1:	lhu	t0, (a1)
	beqz	t0, 2f
	jal	put
	addi	a1, a1, 2
	j	1b
2:	li	a0, 0				# EFI_SUCCESS
	jr	a3

/* put - In: t0 character. Out: nothing. Clobbers: t1, t2. */
put:	li	t1, UART
1:	lbu	t2, 5(t1)
	andi	t2, t2, 0x20
	beqz	t2, 1b
	sb	t0, (t1)
	ret

/* print - In: s0 text. Out: nothing. Clobbers: ra, s0, s2, t0 to t2. */
print:	mv	s2, ra
1:	lbu	t0, (s0)
	beqz	t0, 2f
	jal	put
	addi	s0, s0, 1
	j	1b
2:	jr	s2

/* number - print a space and 16 digits. In: s0. Out: nothing. Clobbers: ra, s2, s3, t0 to t2. */
number:	mv	s2, ra
	li	t0, ' '
	jal	put
	li	s3, 60
1:	srl	t0, s0, s3
	andi	t0, t0, 15
	addi	t0, t0, '0'
	li	t1, '9'
	bleu	t0, t1, 2f
	addi	t0, t0, 'a' - '9' - 1
2:	jal	put
	addi	s3, s3, -4
	bgez	s3, 1b
	jr	s2

	.balign	8
table:	.fill	CON_OUT + 8, 1, 0
console:
	.fill	OUTPUT_STRING + 8, 1, 0
returned:
	.asciz	"returned"
trapped:
	.asciz	"exception"
