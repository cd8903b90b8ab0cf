/* SPDX-License-Identifier: MIT */
/* hcr.h - writes HCR_EL2, at EL2. */
#ifndef HCR_H
#define HCR_H
#include "arch/aarch64/boot/sysreg.h"

static inline void hcr_write(uint64_t hcr)
{
	/* AmpereOne erratum AC04_CPU_23: no translation may be in progress */
	__asm__ volatile("dsb nsh" ::: "memory");
	sysreg_write(hcr_el2, hcr);
	__asm__ volatile("isb" ::: "memory");
}
#endif
