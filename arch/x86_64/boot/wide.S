/* SPDX-License-Identifier: MIT */
/*
 * wide.S - the one place that uses SIMD registers: one instruction stores two entries. It is not
 * used to copy: a load and a store move 16 bytes, no more than two iterations of REP MOVSQ.
 *
 * arch_wide_start() in cpu.c enables them. Nothing needs their old values: firmware or the earlier
 * kernel no longer runs.
 */

/*
 * arch_wide_fill
 * In: RDI destination, RSI 8-byte words, perhaps none. Out: they are zero.
 * Clobbers: RAX, RCX, RSI, RDI, XMM0, flags. Runs: long mode, CR4.OSFXSR set, CR0.EM and TS clear.
 */
	.section .text.arch_wide_fill, "ax"
	.global arch_wide_fill
	.type arch_wide_fill, @function
arch_wide_fill:
	xorps	%xmm0, %xmm0
	sub	$32, %rsi
	jb	2f
1:
	.set	at, 0
	.rept	16
	movups	%xmm0, at(%rdi)
	.set	at, at + 16
	.endr
	add	$256, %rdi
	sub	$32, %rsi
	jae	1b
2:	lea	32(%rsi), %ecx
	xor	%eax, %eax
	rep stosq
	ret
	.size arch_wide_fill, . - arch_wide_fill

/*
 * arch_wide_run
 * In: RDI address of the first entry, RSI end (not before RDI), RDX first value, RCX difference.
 * Out: each entry is its predecessor plus the difference.
 * Clobbers: RAX, RCX, RDX, RDI, XMM0, XMM1, flags. Runs: as arch_wide_fill.
 */
	.section .text.arch_wide_run, "ax"
	.global arch_wide_run
	.type arch_wide_run, @function
arch_wide_run:
	movq	%rdx, %xmm0
	add	%rcx, %rdx
	movq	%rdx, %xmm1
	punpcklqdq %xmm1, %xmm0			/* two entries */
	add	%rcx, %rcx
	movq	%rcx, %xmm1
	punpcklqdq %xmm1, %xmm1			/* to the next two */
	lea	-256(%rsi), %rax
	jmp	2f
1:
	.set	at, 0
	.rept	16
	movups	%xmm0, at(%rdi)
	paddq	%xmm1, %xmm0
	.set	at, at + 16
	.endr
	add	$256, %rdi
2:	cmp	%rax, %rdi			/* room for 32? */
	jbe	1b
	lea	-16(%rsi), %rax
	jmp	4f
3:	movups	%xmm0, (%rdi)
	paddq	%xmm1, %xmm0
	add	$16, %rdi
4:	cmp	%rax, %rdi			/* for two? */
	jbe	3b
	cmp	%rsi, %rdi
	je	5f
	movq	%xmm0, (%rdi)
5:	ret
	.size arch_wide_run, . - arch_wide_run
