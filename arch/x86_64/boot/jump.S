/* SPDX-License-Identifier: MIT */
/*
 * jump.S - from firmware's page tables to ours.
 *
 * All of .idmap.text is in one page, which the new tables map at its current address. Paging stays
 * on: long mode requires it (SDM 3A 4.1.1).
 */
#include "arch/jump.h"
#include "regs.h"

/*
 * arch_jump
 * In: RDI struct jump_plan. Out: never.
 * Runs: long mode, CPL 0, any stack; firmware gone, CS selects our code segment
 * (arch_trap_install).
 *
 * Register  live from  to          holds
 * RDI       entry      kernel      plan, then the kernel's argument
 * R8        load       jmp         entry
 * R9        load       final       stack top
 * R10       load       CR3         root table
 * R11       load       lidt        struct desc_tables in the new regime
 * R12..R15  load       write       CR0, CR4, EFER, PAT
 */
	.section .idmap.text, "ax"
	.global arch_jump
	.type arch_jump, @function
arch_jump:
	cli
	cld
	mov	JUMP_ENTRY(%rdi), %r8
	mov	JUMP_STACK(%rdi), %r9
	mov	JUMP_ROOT(%rdi), %r10
	mov	JUMP_VECTORS(%rdi), %r11
	mov	JUMP_CTL(%rdi), %r12
	mov	JUMP_CTL+8(%rdi), %r13
	mov	JUMP_CTL+16(%rdi), %r14
	mov	JUMP_CTL+24(%rdi), %r15
	mov	JUMP_ARG(%rdi), %rdi

	/*
	 * Load the new regime's descriptor tables first, so that a fault in the first instruction
	 * after CR3 is reported. Until then they need not be mapped, as no instruction up to there
	 * can fault.
	 */
	push	%r11
	pushw	$DESC_GDT_LIMIT
	lgdt	(%rsp)
	lea	DESC_IDT(%r11), %rax
	mov	%rax, 2(%rsp)
	movw	$DESC_IDT_LIMIT, (%rsp)
	lidt	(%rsp)

	mov	%r15, %rax			/* no page uses a type that this changes yet */
	mov	%r15, %rdx
	shr	$32, %rdx
	mov	$MSR_PAT, %ecx
	wrmsr
	mov	%r14, %rax			/* NXE before tables that use the bit (4.1.4) */
	xor	%edx, %edx
	mov	$MSR_EFER, %ecx
	wrmsr
	mov	%r13, %cr4			/* no PGE, no PCIDE: CR3 flushes everything */
	mov	%r10, %cr3
	/* no memory access from here on */
	mov	%r12, %cr0
	mov	%r9, %rsp
	jmp	*%r8
	.size arch_jump, . - arch_jump
