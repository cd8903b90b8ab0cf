/* SPDX-License-Identifier: MIT */
/*
 * jump.S - from one address space to another, by way of physical addresses.
 *
 * Before each write to satp, stvec is set to the next instruction's address in the new regime. If
 * the code is elsewhere there, the next fetch faults, and the trap continues at stvec, as in Linux.
 * So the jump may begin and end anywhere.
 */
#include "arch/jump.h"
#include "csr.h"

#define JUMP_SATP	JUMP_CTL		/* and the two landings of plan.c */
#define JUMP_PHYSICAL	(JUMP_CTL + 8)
#define JUMP_VIRTUAL	(JUMP_CTL + 16)

/*
 * arch_jump
 * In: a0 struct jump_plan. Out: never. Runs: any regime, any stack; firmware gone.
 *
 * Register  live from  to       holds
 * a0        entry      kernel   plan, then the kernel's argument
 * t0        load       jr       entry
 * t1        load       final    stack top
 * t2        load       final    vectors
 * t3        load       write    satp
 * t4, t5    load       write    jump_physical, jump_virtual
 * t6        load       virtual  SSTATUS_SDT, cleared after each fetch that may have faulted
 */
	.section .idmap.text, "ax"
	.global arch_jump, jump_physical, jump_virtual
	.type arch_jump, @function
	.balign 4
arch_jump:
	csrci	sstatus, SSTATUS_SIE
	csrw	sie, zero
	ld	t0, JUMP_ENTRY(a0)
	ld	t1, JUMP_STACK(a0)
	ld	t2, JUMP_VECTORS(a0)
	ld	t3, JUMP_SATP(a0)
	ld	t4, JUMP_PHYSICAL(a0)
	ld	t5, JUMP_VIRTUAL(a0)
	ld	a0, JUMP_ARG(a0)
	li	t6, SSTATUS_SDT
	/* no memory access from here on */
	csrw	stvec, t4
	sfence.vma
	csrw	satp, zero
	sfence.vma
	.balign 4
jump_physical:
	csrc	sstatus, t6
	csrw	stvec, t5
	csrw	satp, t3
	sfence.vma
	.balign 4
jump_virtual:
	csrc	sstatus, t6
	csrw	stvec, t2
	fence.i
	mv	sp, t1
	jr	t0
	.size arch_jump, . - arch_jump
