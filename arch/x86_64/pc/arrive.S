/* SPDX-License-Identifier: MIT */
/* arrive.S - the stub's entry when the running kernel boots itself again. */

/*
 * again_entry
 * In: RDI struct boot_info. Out: never.
 * Runs: long mode, CPL 0, IF clear, under arch_again()'s tables, RSP at the end of RAW_SCRATCH
 * bytes.
 */
	.section .text.again_entry, "ax"
	.global again_entry
	.type again_entry, @function
again_entry:
	xor	%ebp, %ebp		/* backtraces end here */
	call	again_enter		/* pushes an address, as the ABI's alignment requires */
	.size again_entry, . - again_entry
