/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - all 256 vectors, and the return from them. SDM 3A 6.12 to 6.14.
 *
 * The CPU always pushes SS:RSP, RFLAGS, CS:RIP, and an error code for some vectors. There is only
 * one privilege level, so no SWAPGS: GS is always the kernel's.
 */
#include "arch/x86_64/boot/exception.h"
#include "frame.h"

/*
 * trap_gates - TRAP_GATE bytes for each of the first TRAP_VECTORS vectors, IRQ_GATE for each other
 * In: any state. Out: returns to the interrupted code, with its registers. Clobbers: nothing.
 * Runs: on any exception or interrupt, CPL 0, on the vector's IST or the current stack.
 */
	.section .text.trap_gates, "ax"
	.balign TRAP_GATE
	.global trap_gates
trap_gates:
	.set vector, 0
	.rept TRAP_VECTORS
	.balign TRAP_GATE
	.if !((HAS_ERROR >> vector) & 1)
	push	$0
	.endif
	push	$vector
	jmp	trap_entry
	.set vector, vector + 1
	.endr
	.balign TRAP_GATE
	.rept IDT_VECTORS - TRAP_VECTORS
	.balign IRQ_GATE
	push	$(vector - IRQ_BIAS)		/* in place of the error code */
	jmp	irq_entry
	.set vector, vector + 1
	.endr

/* Push the rest of struct trap_frame, from reg[] down, and point RBP to its link. */
	.macro	frame_save
	PUSH_REGISTERS
	push	FRAME_RIP - 0x10(%rsp)
	push	%rbp
	mov	%rsp, %rbp
	cld
	.endm

	.macro	frame_restore_and_return
	add	$0x10, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rdx
	pop	%rcx
	pop	%rbx
	pop	%rax
	add	$0x10, %rsp			/* vector and error code */
	iretq
	.endm

/* In: the frame without registers. Out: returns to the frame's RIP. Runs: IST, or any stack. */
	.type trap_entry, @function
trap_entry:
	frame_save
	mov	%rsp, %rdi
	call	trap_entered
	frame_restore_and_return
	.size trap_entry, . - trap_entry

/* In: vector - IRQ_BIAS above RIP. Out: returns to the interrupted code. Runs: current stack. */
	.type irq_entry, @function
irq_entry:
	push	$0
	frame_save
	mov	FRAME_ERROR(%rsp), %edi
	add	$IRQ_BIAS, %edi
	call	trap_interrupt
	frame_restore_and_return
	.size irq_entry, . - irq_entry

/*
 * desc_switch
 * In: RDI GDT, RSI its limit, RDX IDT, RCX its limit. Out: both loaded, CS, SS and the data
 * segments reloaded, TR loaded; the base of GS is 0. Clobbers: RAX, RDI. Runs: CPL 0,
 * interrupts off.
 */
	.section .text.desc_switch, "ax"
	.global desc_switch
	.type desc_switch, @function
desc_switch:
	sub	$16, %rsp
	mov	%si, (%rsp)
	mov	%rdi, 2(%rsp)
	lgdt	(%rsp)
	mov	%cx, (%rsp)
	mov	%rdx, 2(%rsp)
	lidt	(%rsp)
	add	$16, %rsp
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%eax, %fs
	mov	%eax, %gs
	mov	$SEL_TSS, %eax
	ltr	%ax
	pop	%rdi				/* load CS by a far return */
	push	$SEL_CODE
	push	%rdi
	lretq
	.size desc_switch, . - desc_switch
