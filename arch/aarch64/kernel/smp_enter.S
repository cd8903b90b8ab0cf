/* SPDX-License-Identifier: MIT */
/* smp_enter.S - where other CPUs start, and where they wait while tables are changed. */
#include "arch/aarch64/boot/sysreg.h"
#include "arch/jump.h"
#include "kernel/cpu/cpu.h"
#include "smp.h"

/*
 * smp_enter
 * In: nothing. Out: never; arch_jump to smp_arrived, with this CPU's struct cpu.
 * Runs: EL1 or EL2, MMU off, no stack; at the image's physical address. Memory that it reads has
 * been cleaned.
 *
 * Register  live from      to          holds
 * x1        here           arch_jump   the struct arrival
 */
	.section .text.smp_enter, "ax"
	.global smp_enter
	.type smp_enter, %function
smp_enter:
	msr	daifset, #0xf
	adrp	x0, smp_arrivals
	add	x0, x0, #:lo12:smp_arrivals
	ldp	x1, x2, [x0]
	mrs	x3, mpidr_el1
	and	x4, x3, #0xffffff		// Aff2..Aff0
	and	x3, x3, #0xff00000000		// Aff3
	orr	x3, x3, x4
1:	cbz	x2, 9f
	ldr	x4, [x1, #ARRIVAL_ID]
	cmp	x4, x3
	b.eq	2f
	add	x1, x1, #ARRIVAL_SIZE
	sub	x2, x2, #1
	b	1b

2:	mrs	x4, CurrentEL
	lsr	x4, x4, #2
	ldr	x5, [x1, #ARRIVAL_LEVEL]
	add	x0, x1, #ARRIVAL_PLAN
	cmp	x4, x5
	b.lo	9f				// at EL1, but the kernel runs at EL2
	b.hi	3f
	cmp	x4, #2
	b.ne	4f
	ldr	x6, [x1, #ARRIVAL_HCR]
	dsb	sy				// AmpereOne AC04_CPU_23
	msr	hcr_el2, x6
	isb
4:	ldr	x6, [x1, #ARRIVAL_JUMP]
	br	x6

3:	ldr	x6, [x0, #JUMP_CTL + 24]	// drop to EL1, as the boot CPU did
	orr	x6, x6, #1 << PLAN_DROP
	str	x6, [x0, #JUMP_CTL + 24]
	add	x6, x1, #ARRIVAL_SIZE
	msr	spsel, #1
	mov	sp, x6
	b	arch_jump

9:	adrp	x0, smp_arrivals		// no arrival, or the wrong EL: to park_rest, if any
	ldr	x1, [x0, #:lo12:smp_arrivals + 16]
	cbz	x1, 8f
	br	x1
8:	wfe
	b	8b
	.size smp_enter, . - smp_enter

/* smp_arrived - In: x0 struct cpu. Out: never. Runs: our regime, SP c->stack, everything masked. */
	.section .text.smp_arrived, "ax"
	.global smp_arrived
	.type smp_arrived, %function
smp_arrived:
	hint	#36				// BTI j: arch_jump branches here
	mov	x29, xzr			// backtraces end here
	mov	x30, xzr
	b	cpu_arrived
	.size smp_arrived, . - smp_arrived

/*
 * arch_hold
 * In: x0 address of 4 bytes. Out: nothing; returns when they are not 0. Clobbers: x1.
 * Runs: any stack, which is not used.
 */
	.section .text.arch_hold, "ax"
	.global arch_hold
	.type arch_hold, %function
arch_hold:
	yield
	ldar	w1, [x0]
	cbz	w1, arch_hold
	isb					// tables may have changed
	ret
	.size arch_hold, . - arch_hold
