/* SPDX-License-Identifier: MIT */
/* x86_64.S - the handler of a deliberate exception, and segments. */
#define CODE	0x08
#define DATA	0x10

	.text
/*
 * breakpoint - the gate of vector 3; calls trap_taken(3)
 * In: 40 bytes pushed by the CPU. With nine registers the stack is a multiple of 16 again.
 * Out: returns to the interrupted code. Clobbers: nothing.
 */
	.globl breakpoint
breakpoint:
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	cld
	mov	$3, %edi
	call	trap_taken
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	iretq

/* In: RDI the operand of lgdt. Out: CS, DS, ES and SS reloaded. Clobbers: RAX, RDX. */
	.globl segments_load
segments_load:
	lgdt	(%rdi)
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	pop	%rdx
	pushq	$CODE
	push	%rdx
	lretq
