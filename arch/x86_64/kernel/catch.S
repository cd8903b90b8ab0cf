/* SPDX-License-Identifier: MIT */
/* catch.S - for trap_try: calls a function that arch_throw can leave from any depth. */
#include "arch/cpu.h"

/*
 * arch_catch
 * In: RDI function, RSI its argument, RDX struct trap_catch. Out: RAX = 0 it returned, 1 thrown.
 * Clobbers: as the System V convention. Runs: kernel, any stack.
 * state[0]: SP; 0 again before what is saved there is removed, as handlers use the same stack.
 */
	.section .text.arch_catch, "ax"
	.global arch_catch
	.type arch_catch, @function
arch_catch:
	push	%rbp
	mov	%rsp, %rbp			/* a frame, for backtraces */
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	pushfq				/* also aligns the stack */
	mov	%rdx, %rbx
	mov	%rsp, CATCH_STATE(%rdx)
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	xor	%eax, %eax
	mov	%rax, CATCH_STATE(%rbx)
	add	$8, %rsp
catch_return:
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size arch_catch, . - arch_catch

/* arch_throw - In: RDI struct trap_catch. Out: never; arch_catch returns 1. Runs: any stack. */
	.global arch_throw
	.type arch_throw, @function
arch_throw:
	mov	CATCH_STATE(%rdi), %rsp
	xor	%eax, %eax
	mov	%rax, CATCH_STATE(%rdi)
	inc	%eax
	popfq				/* restore the interrupt flag */
	jmp	catch_return
	.size arch_throw, . - arch_throw
