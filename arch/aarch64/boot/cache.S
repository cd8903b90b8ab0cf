/* SPDX-License-Identifier: MIT */
/*
 * cache.S - cache maintenance by address to the point of coherency.
 *
 * By address, never by set and way: only that reaches every cache on the way to memory
 * (Arm ARM D7.5.9). QEMU does not model caches; tests/README.md says how this is checked.
 */

/*
 * arch_clean
 * In: x0 base, x1 size in bytes. Out: nothing. Clobbers: x0-x3, flags.
 * Runs: any EL, MMU on or off; leaves no line of the range in any data cache.
 */
	.text
	.global arch_clean
	.type arch_clean, %function
arch_clean:
	cbz	x1, 2f
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4			// DminLine: log2 of the words in the smallest line
	mov	x3, #4
	lsl	x2, x3, x2			// bytes a line
	sub	x3, x2, #1
	add	x1, x0, x1
	bic	x0, x0, x3
1:	dc	civac, x0
	add	x0, x0, x2
	cmp	x0, x1
	b.lo	1b
2:	dsb	sy
	ret
	.size arch_clean, . - arch_clean

/*
 * arch_clean_code
 * In, out: nothing. Runs: any EL; after the last arch_clean of code.
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
