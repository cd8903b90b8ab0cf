/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - the 32 exceptions of the architecture, made one shape.
 *
 * Long mode pushes SS:RSP, RFLAGS, CS:RIP always and an error code for some vectors; all 16
 * general registers are ours to save. Every exception is an end (or a trap_try's
 * unwinding), so nothing is ever restored.
 */
#include "regs.h"
#include "trap.h"

	.section .text.vectors, "ax"
	.balign TRAP_STUB_SIZE * DESC_VECTORS
	.global trap_stubs
trap_stubs:
	.set vector, 0
	.rept DESC_VECTORS
	.balign TRAP_STUB_SIZE
	/* 8, 10-14, 17, 21, 29, 30 have an error code (SDM 3A table 6-1, AMD APM 2 8.2) */
	.if !((0x60227d00 >> vector) & 1)
	push	$0
	.endif
	push	$vector
	jmp	trap_common
	.set vector, vector + 1
	.endr

/* In: the frame of trap.h but for the registers. Out: never. Runs: IST1 or the stack in use. */
trap_common:
	push	%rax
	push	%rbx
	push	%rcx
	push	%rdx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	and	$-16, %rsp
	call	trap_handle

/*
 * desc_load
 * In: RDI struct desc_tables. Out: its GDT and IDT in force, CS and the data segments
 * reloaded. Clobbers: RAX, RDI. Runs: long mode, CPL 0, interrupts off.
 */
	.section .text.desc_load, "ax"
	.global desc_load
	.type desc_load, @function
desc_load:
	push	%rdi
	pushw	$DESC_GDT_LIMIT
	lgdt	(%rsp)
	lea	DESC_IDT(%rdi), %rax
	mov	%rax, 2(%rsp)
	movw	$DESC_IDT_LIMIT, (%rsp)
	lidt	(%rsp)
	add	$10, %rsp
	mov	$SEL_DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%eax, %fs
	mov	%eax, %gs
	pop	%rdi				/* far return: the only way to load CS here */
	push	$SEL_CODE
	push	%rdi
	lretq
	.size desc_load, . - desc_load
