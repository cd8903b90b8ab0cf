/* SPDX-License-Identifier: MIT */
/* memtest.S - the inner loops of the memory test (arch/kernel.h). Callers then use arch_clean(). */

	.macro line_write at, x, y
	stp	\x, \y, [x0, #\at + 0x00]
	stp	\y, \x, [x0, #\at + 0x10]
	stp	\y, \x, [x0, #\at + 0x20]
	stp	\x, \y, [x0, #\at + 0x30]
	.endm

	.macro two_check at, x, y
	ldp	x16, x17, [x0, #\at]
	cmp	x16, \x
	ccmp	x17, \y, #0, eq
	b.ne	3f
	.endm

	.macro line_check at, x, y
	two_check \at + 0x00, \x, \y
	two_check \at + 0x10, \y, \x
	two_check \at + 0x20, \y, \x
	two_check \at + 0x30, \x, \y
	.endm

/*
 * arch_memtest_fill
 * In: x0 start, x1 size, a multiple of 256 and not 0; x2 pattern. Out: nothing.
 * Clobbers: x0, x1, x3-x5, flags. Runs: any EL, any stack.
 */
	.section .text.arch_memtest_fill, "ax"
	.global arch_memtest_fill
	.type arch_memtest_fill, %function
arch_memtest_fill:
	ldp	x3, x4, [x2]
	ldr	x5, [x2, #0x10]
	add	x1, x0, x1
1:	line_write 0x00, x3, x4
	add	x3, x3, x5
	line_write 0x40, x3, x4
	add	x4, x4, x5
	line_write 0x80, x3, x4
	add	x3, x3, x5
	line_write 0xc0, x3, x4
	add	x4, x4, x5
	add	x0, x0, #0x100
	cmp	x0, x1
	b.ne	1b
	ret
	.size arch_memtest_fill, . - arch_memtest_fill

/*
 * arch_memtest_swap
 * In: x0 start, x1 size, a multiple of 128 and not 0; x2 old, x3 new pattern; w4 down.
 * Out: x0 bytes not done. Clobbers: x1, x5-x13, x16, x17, flags. Runs: as above.
 *
 * Registers hold x, x + step and y of both patterns, and what is added to these after each pair.
 */
	.section .text.arch_memtest_swap, "ax"
	.global arch_memtest_swap
	.type arch_memtest_swap, %function
arch_memtest_swap:
	ldp	x6, x8, [x2]
	ldr	x9, [x2, #0x10]
	add	x7, x6, x9
	ldp	x10, x12, [x3]
	ldr	x13, [x3, #0x10]
	add	x11, x10, x13
	mov	x5, #0x80
	cbz	w4, 1f
	add	x0, x0, x1			// to the last pair
	sub	x0, x0, x5
	neg	x5, x5
	neg	x9, x9
	neg	x13, x13
1:	line_check 0x00, x6, x8
	line_check 0x40, x7, x8
	line_write 0x00, x10, x12
	line_write 0x40, x11, x12
	add	x6, x6, x9
	add	x7, x7, x9
	add	x8, x8, x9
	add	x10, x10, x13
	add	x11, x11, x13
	add	x12, x12, x13
	add	x0, x0, x5
	subs	x1, x1, #0x80
	b.ne	1b
3:	mov	x0, x1
	ret
	.size arch_memtest_swap, . - arch_memtest_swap
