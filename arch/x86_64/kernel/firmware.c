/* SPDX-License-Identifier: MIT */
/*
 * firmware.c - lets runtime services use x87 and SSE (UEFI 2.10, 2.3.4); the kernel does not. The
 * jump has set CR0 and CR4 for both.
 */
#include "arch/cpu.h"

#define MXCSR_DEFAULT	0x1f80		/* all exceptions masked, round to nearest */

uint64_t arch_firmware_begin(void)
{
	const uint32_t mxcsr = MXCSR_DEFAULT;

	__asm__ volatile("fninit\n\tldmxcsr %0" :: "m"(mxcsr));	/* 0x037f: 64 bits */
	return 0;
}

void arch_firmware_end(uint64_t state)
{
	(void)state;
}
