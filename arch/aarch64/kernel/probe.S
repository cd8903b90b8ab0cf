/* SPDX-License-Identifier: MIT */
/* probe.S - for tests: is interrupted with known values in all registers. */
#include "arch/aarch64/boot/callee.inc"

/*
 * arch_trap_probe
 * In: w0 0: execute a breakpoint; else wait until the 8 bytes at address in[1] are not 0. x1 in:
 * 31 values for x0 to x30; x2 out: where their values afterwards are stored. Out: nothing else.
 * Clobbers: as AAPCS64. Runs: any level, any stack.
 */
	.section .text.arch_trap_probe, "ax"
	.global arch_trap_probe
	.type arch_trap_probe, %function
arch_trap_probe:
	callee_push
	stp	x2, x18, [sp, #-16]!
	cmp	w0, #0				// tested after the registers are loaded
	mov	x30, x1
	ldp	x0, x1, [x30, #0x00]
	ldp	x2, x3, [x30, #0x10]
	ldp	x4, x5, [x30, #0x20]
	ldp	x6, x7, [x30, #0x30]
	ldp	x8, x9, [x30, #0x40]
	ldp	x10, x11, [x30, #0x50]
	ldp	x12, x13, [x30, #0x60]
	ldp	x14, x15, [x30, #0x70]
	ldp	x16, x17, [x30, #0x80]
	ldp	x18, x19, [x30, #0x90]
	ldp	x20, x21, [x30, #0xa0]
	ldp	x22, x23, [x30, #0xb0]
	ldp	x24, x25, [x30, #0xc0]
	ldp	x26, x27, [x30, #0xd0]
	ldp	x28, x29, [x30, #0xe0]
	ldr	x30, [x30, #0xf0]
	b.ne	1f
	brk	#0
	b	2f
1:	ldr	x0, [x1]
	cbz	x0, 1b
2:	str	x30, [sp, #-16]!
	ldr	x30, [sp, #16]			// out
	stp	x0, x1, [x30, #0x00]
	stp	x2, x3, [x30, #0x10]
	stp	x4, x5, [x30, #0x20]
	stp	x6, x7, [x30, #0x30]
	stp	x8, x9, [x30, #0x40]
	stp	x10, x11, [x30, #0x50]
	stp	x12, x13, [x30, #0x60]
	stp	x14, x15, [x30, #0x70]
	stp	x16, x17, [x30, #0x80]
	stp	x18, x19, [x30, #0x90]
	stp	x20, x21, [x30, #0xa0]
	stp	x22, x23, [x30, #0xb0]
	stp	x24, x25, [x30, #0xc0]
	stp	x26, x27, [x30, #0xd0]
	stp	x28, x29, [x30, #0xe0]
	ldr	x0, [sp], #16
	str	x0, [x30, #0xf0]
	ldp	x2, x18, [sp], #16
	callee_pop
	ret
	.size arch_trap_probe, . - arch_trap_probe
