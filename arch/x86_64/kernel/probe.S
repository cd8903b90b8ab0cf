/* SPDX-License-Identifier: MIT */
/* probe.S - for tests: is interrupted with known values in all registers. */

/*
 * arch_trap_probe
 * In: EDI 0: execute a breakpoint; else wait until the 8 bytes at address in[1] are not 0. RSI in:
 * 15 values for RAX, RBX, RCX, RDX, RBP, RSI, RDI, R8 to R15; RDX out: where their values
 * afterwards are stored. Out: nothing else. Clobbers: as the System V convention.
 * Runs: CPL 0, any stack.
 */
	.section .text.arch_trap_probe, "ax"
	.global arch_trap_probe
	.type arch_trap_probe, @function
arch_trap_probe:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	push	%rdx
	test	%edi, %edi			/* tested after the registers are loaded */
	mov	0x00(%rsi), %rax
	mov	0x08(%rsi), %rbx
	mov	0x10(%rsi), %rcx
	mov	0x18(%rsi), %rdx
	mov	0x20(%rsi), %rbp
	mov	0x30(%rsi), %rdi
	mov	0x38(%rsi), %r8
	mov	0x40(%rsi), %r9
	mov	0x48(%rsi), %r10
	mov	0x50(%rsi), %r11
	mov	0x58(%rsi), %r12
	mov	0x60(%rsi), %r13
	mov	0x68(%rsi), %r14
	mov	0x70(%rsi), %r15
	mov	0x28(%rsi), %rsi
	jnz	1f
	int3
	jmp	2f
1:	mov	(%rbx), %rax
	test	%rax, %rax
	jz	1b
2:	xchg	%rax, (%rsp)			/* RAX: out */
	mov	%rbx, 0x08(%rax)
	mov	%rcx, 0x10(%rax)
	mov	%rdx, 0x18(%rax)
	mov	%rbp, 0x20(%rax)
	mov	%rsi, 0x28(%rax)
	mov	%rdi, 0x30(%rax)
	mov	%r8, 0x38(%rax)
	mov	%r9, 0x40(%rax)
	mov	%r10, 0x48(%rax)
	mov	%r11, 0x50(%rax)
	mov	%r12, 0x58(%rax)
	mov	%r13, 0x60(%rax)
	mov	%r14, 0x68(%rax)
	mov	%r15, 0x70(%rax)
	pop	(%rax)
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret
	.size arch_trap_probe, . - arch_trap_probe
