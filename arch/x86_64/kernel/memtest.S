/* SPDX-License-Identifier: MIT */
/*
 * memtest.S - the inner loops of the memory test (arch/kernel.h). Stores are non-temporal: they
 * bypass the caches, and evict lines that are cached (Intel SDM 1, 10.4.6.2).
 */

	.macro line_write at, x, y
	movnti	\x, \at + 0x00(%rdi, %rsi)
	movnti	\y, \at + 0x08(%rdi, %rsi)
	movnti	\y, \at + 0x10(%rdi, %rsi)
	movnti	\x, \at + 0x18(%rdi, %rsi)
	movnti	\y, \at + 0x20(%rdi, %rsi)
	movnti	\x, \at + 0x28(%rdi, %rsi)
	movnti	\x, \at + 0x30(%rdi, %rsi)
	movnti	\y, \at + 0x38(%rdi, %rsi)
	.endm

	.macro line_check at, x, y
	cmp	\x, \at + 0x00(%rdi, %rsi)
	jne	2b
	cmp	\y, \at + 0x08(%rdi, %rsi)
	jne	2b
	cmp	\y, \at + 0x10(%rdi, %rsi)
	jne	2b
	cmp	\x, \at + 0x18(%rdi, %rsi)
	jne	2b
	cmp	\y, \at + 0x20(%rdi, %rsi)
	jne	2b
	cmp	\x, \at + 0x28(%rdi, %rsi)
	jne	2b
	cmp	\x, \at + 0x30(%rdi, %rsi)
	jne	2b
	cmp	\y, \at + 0x38(%rdi, %rsi)
	jne	2b
	.endm

/*
 * arch_memtest_fill
 * In: RDI start, RSI size, a multiple of 256 and not 0; RDX pattern. Out: nothing.
 * Clobbers: RAX, RCX, RSI, RDI, R8, flags. Runs: CPL 0 or 3, any stack.
 */
	.section .text.arch_memtest_fill, "ax"
	.global arch_memtest_fill
	.type arch_memtest_fill, @function
arch_memtest_fill:
	mov	0x00(%rdx), %rax
	mov	0x08(%rdx), %rcx
	mov	0x10(%rdx), %r8
	lea	0x80(%rdi, %rsi), %rdi		/* so that all offsets fit in a byte */
	neg	%rsi				/* up to 0 */
1:	line_write -0x80, %rax, %rcx
	add	%r8, %rax
	line_write -0x40, %rax, %rcx
	add	%r8, %rcx
	line_write 0x00, %rax, %rcx
	add	%r8, %rax
	line_write 0x40, %rax, %rcx
	add	%r8, %rcx
	add	$0x100, %rsi
	jnz	1b
	sfence
	ret
	.size arch_memtest_fill, . - arch_memtest_fill

/*
 * arch_memtest_swap
 * In: RDI start, RSI size, a multiple of 128 and not 0; RDX old, RCX new pattern; R8B down.
 * Out: RAX bytes not done. Clobbers: RCX, RDX, RSI, RDI, R9 to R11, flags. Runs: as above.
 *
 * Registers hold x, x + step and y of both patterns, and what is added to these after each pair.
 */
	.section .text.arch_memtest_swap, "ax"
	.global arch_memtest_swap
	.type arch_memtest_swap, @function
arch_memtest_swap:
	push	%rbx
	push	%r12
	push	%r13
	mov	0x00(%rdx), %r9
	mov	0x08(%rdx), %r11
	mov	0x10(%rdx), %r12
	mov	0x00(%rcx), %rax
	mov	0x10(%rcx), %r13
	mov	0x08(%rcx), %rcx
	lea	(%r9, %r12), %r10
	lea	(%rax, %r13), %rbx
	mov	$0x80, %edx
	test	%r8b, %r8b
	jnz	3f
	add	%rsi, %rdi			/* RSI counts from -size up to 0 */
	neg	%rsi
	jmp	1f
3:	sub	%rdx, %rdi			/* or from size down to 0 */
	neg	%rdx
	neg	%r12
	neg	%r13
	jmp	1f

2:	mov	%rsi, %rax			/* 0 when all is done */
	cqo
	xor	%rdx, %rax
	sub	%rdx, %rax
	pop	%r13
	pop	%r12
	pop	%rbx
	ret

1:	line_check 0x00, %r9, %r11
	line_check 0x40, %r10, %r11
	line_write 0x00, %rax, %rcx
	line_write 0x40, %rbx, %rcx
	add	%r12, %r9
	add	%r12, %r10
	add	%r12, %r11
	add	%r13, %rax
	add	%r13, %rbx
	add	%r13, %rcx
	add	%rdx, %rsi
	jnz	1b
	sfence
	jmp	2b
	.size arch_memtest_swap, . - arch_memtest_swap
