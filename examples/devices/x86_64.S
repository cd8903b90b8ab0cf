/* SPDX-License-Identifier: MIT */
/* x86_64.S - what C cannot do: interrupts, and a CPU that starts in 16-bit mode. */
#include "x86_64.h"

	.text
/*
 * timer_entry, other_entry - gates that call timer_interrupt() and other_interrupt()
 * In: 40 bytes pushed by the CPU. With nine registers the stack is a multiple of 16 again.
 * Out: return to the interrupted code. Clobbers: nothing.
 */
	.macro	gate name
	.globl	\name\()_entry
\name\()_entry:
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
	call	\name\()_interrupt
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
	.endm

	gate	timer
	gate	other

	.globl spurious_entry
spurious_entry:				/* is not acknowledged: SDM 3A, 11.9 */
	iretq

/*
 * second_entry - all started CPUs arrive here; the first goes on at second_main, the others halt
 * In: nothing. Out: never. Runs: 64-bit mode, CPL 0, no stack, the first 4 GiB mapped.
 */
	.globl second_entry
second_entry:
	mov	$1, %eax
	lock xadd %eax, second_count(%rip)
	test	%eax, %eax
	jnz	3f
	lea	second_state(%rip), %rbx
	mov	STATE_PAT(%rbx), %eax
	mov	STATE_PAT + 4(%rbx), %edx
	mov	$MSR_PAT, %ecx
	wrmsr				/* must be the same on all CPUs: SDM 3A, 9.7.4 */
	mov	STATE_CR4(%rbx), %rax
	mov	%rax, %cr4
	mov	STATE_CR3(%rbx), %rax
	mov	%rax, %cr3
	mov	STATE_CR0(%rbx), %rax
	mov	%rax, %cr0
	mov	STATE_STACK(%rbx), %rsp
	lgdt	STATE_GDTR(%rbx)
	lidt	STATE_IDTR(%rbx)
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	pushq	$CODE
	lea	2f(%rip), %rax
	push	%rax
	lretq
2:	call	second_main
3:	cli
	hlt
	jmp	3b

/*
 * low_start - where a CPU starts after SIPI: from real mode directly to long mode
 * In: CS = the page's address / 16; low_fill has filled in low_gdtr, low_cr4, low_cr3 and low_far.
 * Out: never; jumps to low_far. Runs: in a copy at the start of a page below 1 MiB. Intel SDM 3A,
 * 10.8.5.
 */
	.section .rodata, "a"
	.globl low_start, low_gdtr, low_gdt, low_cr4, low_cr3, low_far, low_end
	.code16
low_start:
	cli
	mov	%cs, %ax
	mov	%ax, %ds
	lgdtl	low_gdtr - low_start
	mov	low_cr4 - low_start, %eax
	mov	%eax, %cr4
	mov	low_cr3 - low_start, %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	rdmsr
	or	$(EFER_LME | EFER_NXE), %eax
	wrmsr
	mov	%cr0, %eax
	and	$~CR0_NW_CD, %eax
	or	$(CR0_PG | CR0_PE), %eax
	mov	%eax, %cr0
	ljmpl	*(low_far - low_start)
	.balign	8
low_gdt:
	.quad	0, 0x00af9b000000ffff, 0x00cf93000000ffff
low_gdtr:
	.word	low_gdtr - low_gdt - 1
	.long	0
low_cr4:
	.long	0
low_cr3:
	.long	0
low_far:
	.long	0
	.word	CODE
low_end:
	.code64
