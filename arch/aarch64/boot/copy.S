/* SPDX-License-Identifier: MIT */
/*
 * copy.S - the one place that uses SIMD registers: one instruction moves four times as much.
 *
 * cpu.c enables them for the call. Their values are not preserved: they are those of firmware or
 * of an earlier kernel, which no longer runs.
 */

/*
 * copy_wide
 * In: x0 destination, x1 source, x2 words, a multiple of 128 and not 0; 8-byte aligned, upwards.
 * Out: nothing. Clobbers: x0-x2, v0-v3, flags. Runs: MMU on or off (elements are aligned, as Device
 * memory requires), SIMD not trapped.
 */
	.arch_extension simd
	.section .text.copy_wide, "ax"
	.global copy_wide
	.type copy_wide, %function
copy_wide:
	.rept	16
	ld1	{v0.2d-v3.2d}, [x1], #64
	st1	{v0.2d-v3.2d}, [x0], #64
	.endr
	subs	x2, x2, #128
	b.ne	copy_wide
	ret
	.size copy_wide, . - copy_wide
