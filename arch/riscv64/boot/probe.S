/* SPDX-License-Identifier: MIT */
/*
 * probe.S - tries what only M-mode knows: which memory it keeps for itself (PMP), and whether types
 * of pages are turned on.
 */
#include "csr.h"

/*
 * probe_byte
 * In: a0 address. Out: a0 1 if the byte there can be read, else 0. Clobbers: t0 to t2, sepc,
 * scause, stval. Runs: any regime, any stack. Interrupts are masked; an exception arrives at 1:.
 */
	.section .text.probe_byte, "ax"
	.global probe_byte
	.type probe_byte, @function
	.balign 4
probe_byte:
	csrrci	t0, sstatus, SSTATUS_SIE
	lla	t1, 1f
	csrrw	t1, stvec, t1
	li	t2, 0
	lbu	zero, (a0)
	li	t2, 1
	.balign 4
1:	csrw	stvec, t1
	csrw	sstatus, t0
	mv	a0, t2
	ret
	.size probe_byte, . - probe_byte

/*
 * probe_typed
 * In: a0 address, a1 a satp that maps this code at identity. Out: a0 1 if the byte there can be
 * read under that satp, else 0. Clobbers: t0 to t3, sepc, scause, stval. Runs: code mapped at
 * identity, any stack.
 */
	.section .text.probe_typed, "ax"
	.global probe_typed
	.type probe_typed, @function
	.balign 4
probe_typed:
	csrrci	t0, sstatus, SSTATUS_SIE
	lla	t1, 1f
	csrrw	t1, stvec, t1
	li	t2, 0
	sfence.vma
	csrrw	t3, satp, a1
	sfence.vma
	lbu	zero, (a0)
	li	t2, 1
	.balign 4
1:	csrw	satp, t3
	sfence.vma
	csrw	stvec, t1
	csrw	sstatus, t0
	mv	a0, t2
	ret
	.size probe_typed, . - probe_typed
