/* SPDX-License-Identifier: MIT */
/*
 * leftover.S - enters an arm64 Image as a careless loader would: with interrupts enabled at the
 * GIC, pending and active, and a timer that has expired. EL1 or EL2, MMU off, interrupts masked.
 *
 * Defined by the test: DTB and IMAGE, addresses; GICV, the GIC's version, 2 or 3; E2H, 1: set
 * HCR_EL2.E2H; DIRTY, 0: leave GIC and timers alone.
 */
#define GICD		0x08000000
#define GICC		0x08010000
#define GICR_SGI	0x080b0000
#define SPI		40		/* no device of QEMU's board uses this and the next two */

	.macro	store base, offset, value
	ldr	x1, =\base + \offset
	ldr	w2, =\value
	str	w2, [x1]
	.endm

	.global	_start
_start:
	mrs	x3, CurrentEL
	cmp	x3, #(2 << 2)
	b.ne	1f
#if E2H
	mrs	x1, hcr_el2
	orr	x1, x1, #(1 << 34)
	msr	hcr_el2, x1
	isb
#endif
1:
#if DIRTY
	mov	x1, #1
	msr	cntv_cval_el0, x1		// expired long ago
	msr	cntv_ctl_el0, x1
	b.ne	2f
	msr	cnthp_cval_el2, x1
	msr	cnthp_ctl_el2, x1
2:
#if GICV == 2
	store	GICD, 0x000, 1
	store	GICC, 0x004, 0xff
	store	GICC, 0x000, 1
	store	GICD, 0x100, 0xffffffff		// every SGI and PPI, one SPI
	store	GICD, 0x104, 1 << (SPI - 32)
	store	GICD, 0x800 + SPI, 0x01010101
	store	GICD, 0x204, 1 << (SPI - 32)	// pending
	ldr	x1, =GICC
	ldr	w2, [x1, #0xc]			// acknowledged, never ended
	store	GICD, 0x204, 3 << (SPI - 32)
	store	GICD, 0x304, 4 << (SPI - 32)	// active
	store	GICD, 0xf00, 0x02000003		// an SGI to itself
#else
	store	GICD, 0x000, 0x12
	mov	x1, #1
	msr	s3_0_c12_c12_5, x1		// ICC_SRE_EL1
	isb
	mov	x2, #0xff
	msr	s3_0_c4_c6_0, x2		// ICC_PMR_EL1
	msr	s3_0_c12_c12_7, x1		// ICC_IGRPEN1_EL1
	isb
	store	GICR_SGI, 0x080, 0xffffffff
	store	GICR_SGI, 0x100, 0xffffffff
	store	GICD, 0x084, 0xffffffff
	store	GICD, 0x104, 1 << (SPI - 32)
	store	GICD, 0x204, 1 << (SPI - 32)
	store	GICR_SGI, 0x200, 1 << 3
	dsb	sy
	mrs	x2, s3_0_c12_c12_0		// ICC_IAR1_EL1: acknowledged, never ended
	store	GICD, 0x204, 3 << (SPI - 32)
	store	GICD, 0x304, 4 << (SPI - 32)
#endif
#endif
	ldr	x0, =DTB
	ldr	x4, =IMAGE
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4
