/* SPDX-License-Identifier: MIT */
/*
 * jump.S - from firmware's translation regime to ours.
 *
 * All of .idmap.text is in one page, which the new tables (if any) map at its current address. The
 * code turns the MMU off, writes every register, and writes the final value of SCTLR, with the MMU
 * on or not. It does not depend on the regime.
 */
#include "arch/jump.h"
#include "callee.inc"
#include "sysreg.h"

/*
 * arch_jump
 * In: x0 struct jump_plan. Out: never.
 * Runs: EL1 or EL2, MMU on or off, any stack; firmware gone, caches cleaned by arch_clean. Ends
 * at the same level, or at EL1 if the plan has PLAN_DROP.
 *
 * Register  live from      to          holds
 * x0        entry          kernel      plan, then the kernel's argument
 * x19       entry          load        plan, across drop_prepare
 * x9        load           br          entry
 * x10       load           final       stack top
 * x11       load           write       root table
 * x12       load           write       vectors
 * x13..x15  load           write       SCTLR, TCR, MAIR
 * x16       load           write       PLAN_ bits
 */
	.section .idmap.text, "ax"
	.global arch_jump, jump_code
	.type arch_jump, %function
jump_code:					// a name for C: data, whose address needs no GOT
arch_jump:
	hint	#34				// BTI c: reached by an indirect branch
	msr	daifset, #0xf
	ldr	x16, [x0, #JUMP_CTL + 24]
	tbz	x16, #PLAN_DROP, 1f
	mov	x19, x0
	bl	drop_prepare			// while all memory is still accessible
	mov	x0, x19
1:	ldp	x9, x1, [x0, #JUMP_ENTRY]	// and JUMP_ARG
	ldp	x10, x11, [x0, #JUMP_STACK]	// and JUMP_ROOT
	ldp	x12, x13, [x0, #JUMP_VECTORS]	// and the first of JUMP_CTL
	ldp	x14, x15, [x0, #JUMP_CTL + 8]
	ldr	x16, [x0, #JUMP_CTL + 24]
	mov	x0, x1
	dsb	sy				// complete all writes
	isb					// Falkor E1041: before M is cleared
	tbnz	x16, #PLAN_DROP, drop
	tbnz	x16, #PLAN_EL2, 1f

/*
 * Write every system register of a regime. At EL2 with E2H the _EL1 names access the EL2 registers
 * (Arm ARM D8.2.8 and the accessors of each register), so \el is 1 there too.
 */
	.macro	regime_write el, res1, tcr2, sctlr2, gcscr
	mov	x2, #(\res1 & 0xffff)
	movk	x2, #(\res1 >> 16), lsl #16
	msr	sctlr_el\el, x2			// M, C, I off: nothing is translated or cached
	isb
	msr	mair_el\el, x15
	msr	tcr_el\el, x14
	msr	ttbr0_el\el, x11
	.if \el == 1
	msr	ttbr1_el1, x11			// one root serves both halves
	.endif
	msr	vbar_el\el, x12
	tbz	x16, #PLAN_TCR2, 5f		// our tables rely on these features being off
	msr	\tcr2, xzr
5:	tbz	x16, #PLAN_SCTLR2, 6f
	msr	\sctlr2, xzr
6:	tbz	x16, #PLAN_GCS, 7f
	msr	\gcscr, xzr
7:	isb
	mrs	x3, CurrentEL
	cmp	x3, #CurrentEL_EL2
	b.eq	2f
	tlbi	vmalle1
	b	3f
2:	tlbi	alle2
3:	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el\el, x13		// the regime begins
	isb
	.endm

	regime_write 1, SCTLR_EL1_RES1, TCR2_EL1, SCTLR2_EL1, GCSCR_EL1
	b	4f
1:	regime_write 2, SCTLR_EL2_RES1, TCR2_EL2, SCTLR2_EL2, GCSCR_EL2

4:	msr	spsel, #1
	mov	sp, x10
	br	x9

/* EL1's registers have been written; this takes effect at EL1. EL2's are not used any more. */
drop:
	mov	x2, #(SCTLR_EL2_RES1 & 0xffff)
	movk	x2, #(SCTLR_EL2_RES1 >> 16), lsl #16
	msr	sctlr_el2, x2
	isb
	msr	sp_el1, x10
	msr	elr_el2, x9
	mov	x2, #SPSR_EL1H_DAIF
	msr	spsr_el2, x2
	tlbi	alle1			// also walks made while the registers were incomplete
	ic	iallu
	dsb	nsh
	isb
	eret
	.size arch_jump, . - arch_jump

/*
 * jump_and_return - arch_jump to a plan whose regime keeps this code and stack where they are
 * In: x0 struct jump_plan with root, vectors and ctl set. Out: nothing, in the new regime.
 * Clobbers: as AAPCS64. Runs: as arch_jump, on SP_EL0 or SP_ELx, and keeps both. Writes the plan's
 * entry and stack.
 */
	.text
	.global jump_and_return
	.type jump_and_return, %function
jump_and_return:
	callee_push
	mrs	x1, spsel
	msr	spsel, #1
	mov	x3, sp				// a kernel's handlers' stack, if SP is SP_EL0
	cbnz	x1, 1f
	msr	spsel, #0
1:	stp	x1, x3, [sp, #-16]!
	adr	x1, 2f
	mov	x2, sp
	str	x1, [x0, #JUMP_ENTRY]
	str	x2, [x0, #JUMP_STACK]
	b	arch_jump
2:	hint	#36				// BTI j: arch_jump branches here
	ldp	x1, x3, [sp], #16		// SPSel is 1
	cbnz	x1, 3f
	mov	x2, sp
	mov	sp, x3
	msr	spsel, #0
	mov	sp, x2
3:	callee_pop
	ret
	.size jump_and_return, . - jump_and_return
