/* SPDX-License-Identifier: MIT */
/*
 * cache.S - cache maintenance by address to the point of coherency.
 *
 * Not by set and way, which does not reach every cache on the way to memory (Arm ARM D7.5.9).
 * QEMU does not model caches; tests/README.md says how this is tested.
 */

#define UNROLL	8			/* lines per turn */

/*
 * arch_clean
 * In: x0 base, x1 size in bytes. Out: nothing. Clobbers: x0-x3, flags.
 * Runs: any EL, MMU on or off; leaves no line of the range in any data cache.
 */
	.text
	.global arch_clean
	.type arch_clean, %function
arch_clean:
	cbz	x1, 4f
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4			// DminLine: log2 of the words in the smallest line
	add	x2, x2, #2			// log2 of its bytes
	mov	x3, #1
	lsl	x3, x3, x2
	add	x1, x0, x1
	sub	x1, x1, #1
	lsr	x1, x1, x2			// number of the last line
	lsr	x0, x0, x2			// number of the first line
	sub	x1, x1, x0
	add	x1, x1, #1			// count
	lsl	x0, x0, x2
1:	subs	x1, x1, #UNROLL
	b.lo	2f
	.rept	UNROLL
	dc	civac, x0
	add	x0, x0, x3
	.endr
	b	1b
2:	adds	x1, x1, #UNROLL
	b.eq	4f
3:	dc	civac, x0
	add	x0, x0, x3
	subs	x1, x1, #1
	b.ne	3b
4:	dsb	sy
	ret
	.size arch_clean, . - arch_clean

/*
 * arch_clean_code
 * In, out: nothing. Clobbers: nothing. Runs: any EL; after the last arch_clean of code.
 */
	.global arch_clean_code
	.type arch_clean_code, %function
arch_clean_code:
	dsb	sy
	ic	ialluis
	dsb	ish
	isb
	ret
	.size arch_clean_code, . - arch_clean_code
