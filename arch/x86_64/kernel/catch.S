/* SPDX-License-Identifier: MIT */
/* catch.S - a function that can be left from wherever it is: what trap_try is made of. */

/*
 * arch_catch
 * In: RDI function, RSI its argument. Out: RAX = 0 it returned, 1 thrown.
 * Clobbers: as the System V convention. Runs: kernel, one at a time.
 */
	.section .text.arch_catch, "ax"
	.global arch_catch
	.type arch_catch, @function
arch_catch:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	mov	%rsp, catch_sp(%rip)
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	xor	%eax, %eax
catch_return:
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	.size arch_catch, . - arch_catch

/* arch_throw - In: nothing. Out: in arch_catch, with 1. Runs: any stack, fn still running. */
	.global arch_throw
	.type arch_throw, @function
arch_throw:
	mov	catch_sp(%rip), %rsp
	mov	$1, %eax
	jmp	catch_return
	.size arch_throw, . - arch_throw

	.section .data.catch_sp, "aw"
	.balign	8
catch_sp:
	.quad	0				/* where arch_catch called fn */
