/* SPDX-License-Identifier: MIT */
/* aarch64.c - picolibc formats numbers; its parts that need errno (thread-local) do not link. */
#include "third.h"

#define CPTR_TFP	(1u << 10)	/* CPTR_EL2: floating point traps */
#define CPACR_FPEN	(3u << 20)
#define EL2		8		/* CurrentEL */

int snprintf(char *to, size_t size, const char *format, ...);

void float_on(void)
{
	uint64_t el, x;

	__asm__ volatile("mrs %0, CurrentEL" : "=r"(el));
	if (el == EL2) {
		__asm__ volatile("mrs %0, cptr_el2" : "=r"(x));
		__asm__ volatile("msr cptr_el2, %0; isb" :: "r"(x & ~(uint64_t)CPTR_TFP));
	}
	__asm__ volatile("mrs %0, cpacr_el1" : "=r"(x));
	__asm__ volatile("msr cpacr_el1, %0; isb" :: "r"(x | CPACR_FPEN));
	__asm__ volatile("msr fpcr, xzr");	/* unknown after a reset */
}

void decimal(char *to, size_t size, double x)
{
	snprintf(to, size, "%.3f", x);
}
