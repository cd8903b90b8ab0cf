/* SPDX-License-Identifier: MIT */
/* arrive.S - the stub's entry when the running kernel boots itself again. */
#include "lib/image.h"

/*
 * again_entry
 * In: x0 struct boot_info. Out: never.
 * Runs: EL1 or EL2, MMU off, DAIF masked, SP at the end of RAW_SCRATCH bytes; the image has been
 * cleaned. x19 lives until again_enter.
 */
	.section .text.again_entry, "ax"
	.global again_entry
	.type again_entry, %function
again_entry:
	mov	x19, x0
	mov	x1, #RAW_SCRATCH
	mov	x0, sp
	sub	x0, x0, x1
	bl	arch_clean			// the old kernel's lines must not land on our stack
	mov	x0, x19
	mov	x29, xzr			// backtraces end here
	mov	x30, xzr
	b	again_enter
	.size again_entry, . - again_entry
