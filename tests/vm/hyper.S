/* SPDX-License-Identifier: MIT */
/*
 * hyper.S - a hypervisor of one guest, an arm64 Image at EL1. HVC #0 makes a virtual FIQ pending;
 * HVC with another number, a virtual SError with that syndrome. If the number has bit LATE, the
 * guest goes on with SErrors masked, as if this one arrived later. Entered at EL2, MMU off.
 *
 * Defined by the test: DTB and IMAGE, addresses; FIRST, the syndrome of an SError that is pending
 * from the start, or 0.
 */
#define VSESR_EL2	s3_4_c5_c2_3
#define SPSR_A		(1 << 8)
#define LATE		15			/* a bit's number */
#define HCR_VF		(1 << 6)
#define HCR_VSE		(1 << 8)

	.global	_start
_start:
	ldr	x1, =0x3008000002a		// API APK, RW, AMO, FMO, SWIO
	mov	x2, #FIRST
	cbz	x2, 1f
	msr	VSESR_EL2, x2
	orr	x1, x1, #HCR_VSE
1:	msr	hcr_el2, x1
	adr	x1, vectors
	msr	vbar_el2, x1
	mov	x1, #3
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	ldr	x1, =0x30d00800
	msr	sctlr_el1, x1
	mov	x1, #0x3c5
	msr	spsr_el2, x1
	ldr	x0, =DTB
	ldr	x4, =IMAGE
	msr	elr_el2, x4
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	eret

	.balign	0x800
vectors:
	.space	0x400
	.balign	0x80				// synchronous, from EL1
	msr	tpidr_el2, x0
	mrs	x0, esr_el2
	and	x0, x0, #0xffff
	cbz	x0, 1f
	tbz	x0, #LATE, 3f
	and	x0, x0, #~(1 << LATE)
	msr	VSESR_EL2, x0
	mrs	x0, spsr_el2
	orr	x0, x0, #SPSR_A
	msr	spsr_el2, x0
	b	4f
3:	msr	VSESR_EL2, x0
4:	mrs	x0, hcr_el2
	orr	x0, x0, #HCR_VSE
	b	2f
1:	mrs	x0, hcr_el2
	orr	x0, x0, #HCR_VF
2:	msr	hcr_el2, x0
	mrs	x0, tpidr_el2
	eret
