/* SPDX-License-Identifier: MIT */
/* smp_enter.S - where other harts start. */

/*
 * smp_enter - where a hart is started (SBI 9.1)
 * In: a0 its number, a1 struct jump_plan, physical. Out: never; arch_jump to smp_arrived.
 * Runs: satp 0, interrupts masked, no stack; at the image's physical address.
 */
	.section .text.smp_enter, "ax"
	.global smp_enter, smp_arrived
	.type smp_enter, @function
smp_enter:
	mv	a0, a1
	j	arch_jump
	.size smp_enter, . - smp_enter

/* smp_arrived - In: a0 struct cpu. Out: never. Runs: our regime, SP c->stack. */
	.type smp_arrived, @function
smp_arrived:
	csrw	sscratch, a0
	li	s0, 0				# backtraces end here
	li	ra, 0
	j	cpu_arrived
	.size smp_arrived, . - smp_arrived
