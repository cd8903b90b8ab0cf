/* SPDX-License-Identifier: MIT */
/* hcr.h - sets bits of HCR_EL2, at EL2. */
#ifndef HCR_H
#define HCR_H
#include "arch/aarch64/boot/sysreg.h"

static inline void hcr_set(uint64_t bits)
{
	const uint64_t hcr = sysreg_read(hcr_el2) | bits;

	__asm__ volatile("dsb nsh" ::: "memory");	/* AmpereOne AC04_CPU_23, as in drop.c */
	sysreg_write(hcr_el2, hcr);
	__asm__ volatile("isb" ::: "memory");
}
#endif
