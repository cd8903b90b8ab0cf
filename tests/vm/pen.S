/* SPDX-License-Identifier: MIT */
/*
 * pen.S - a loader of an arm64 Image that leaves the other CPUs polling a spin table, as firmware
 * without PSCI does. EL1 or EL2, MMU off, interrupts masked.
 *
 * Defined by the test: DTB and IMAGE, addresses; CPUS, how many; TABLE, 8 bytes for each CPU.
 */
#define PSCI_CPU_ON	0xc4000003

	.global	_start
_start:
	mrs	x20, CurrentEL
	mov	x19, #1
1:	cmp	x19, #CPUS
	b.eq	3f
	ldr	x0, =PSCI_CPU_ON
	mov	x1, x19
	adr	x2, pen
	mov	x3, xzr
	cmp	x20, #(2 << 2)
	b.eq	2f
	hvc	#0
	b	4f
2:	smc	#0
4:	cbnz	x0, .				// QEMU has no such CPU
	add	x19, x19, #1
	b	1b
3:	ldr	x0, =DTB
	ldr	x4, =IMAGE
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4

pen:	ldr	x5, =TABLE
	mrs	x6, mpidr_el1
	and	x6, x6, #0xff
1:	wfe
	ldr	x4, [x5, x6, lsl #3]
	cbz	x4, 1b
	br	x4
