/* SPDX-License-Identifier: MIT */
/*
 * vectors.S - the architecture's 32 exceptions, all with the same frame.
 *
 * The CPU always pushes SS:RSP, RFLAGS, CS:RIP, and an error code for some vectors; we save all
 * general registers. No exception returns, so nothing is ever restored.
 */
#include "regs.h"
#include "exception.h"
#include "trap.h"

/*
 * trap_stubs - code of TRAP_STUB_SIZE bytes for each vector
 * In: any state. Out: never; calls trap_handle. Runs: on any exception, CPL 0, current stack.
 */
	.section .vectors.text, "ax"
	.balign TRAP_STUB_SIZE * DESC_VECTORS
	.global trap_stubs
trap_stubs:
	.set vector, 0
	.rept DESC_VECTORS
	.balign TRAP_STUB_SIZE
	.if !((HAS_ERROR >> vector) & 1)
	push	$0
	.endif
	push	$vector
	jmp	trap_common
	.set vector, vector + 1
	.endr

/* In: trap.h's frame, without the registers, on the stack. Out: never. Runs: current stack. */
trap_common:
	PUSH_REGISTERS
	cld
	mov	%rsp, %rdi
	xor	%ebp, %ebp
	and	$-16, %rsp
	call	trap_handle

/*
 * desc_load
 * In: RDI struct desc_tables. Out: GDT and IDT loaded, all segment registers reloaded.
 * Clobbers: RAX, RDI. Runs: long mode, CPL 0, interrupts off.
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
	pop	%rdi				/* load CS by a far return */
	push	$SEL_CODE
	push	%rdi
	lretq
	.size desc_load, . - desc_load
