/* SPDX-License-Identifier: MIT */
/*
 * counter.c - see counter.h. The errata are listed in arch/aarch64/README.md, the properties in
 * Linux's binding of "arm,armv8-timer".
 */
#include "counter.h"
#include "lib/fdt.h"

#define CORTEX_A73	0x4100d090u	/* implementer and part number */
#define MIDR_MODEL	0xff00fff0u	/* without variant, architecture and revision */

#define CLOSE		32		/* two reads that are right are nearer than this */
#define LOW		0x1ff		/* doubtful: these bits are all 0 or all 1 */

bool counter_bad_cpu(uint64_t midr)
{
	return (midr & MIDR_MODEL) == CORTEX_A73;
}

bool counter_bad_tree(const struct fdt *f, const struct fdt_node *timer)
{
	struct fdt_value v;

	return fdt_get(f, timer, "allwinner,erratum-unknown1", &v) ||
	       fdt_get(f, timer, "fsl,erratum-a008585", &v) ||
	       fdt_get(f, timer, "hisilicon,erratum-161010101", &v);
}

uint64_t counter_steady(uint64_t (*read)(void))
{
	uint64_t before, v = read();
	int tries = COUNTER_TRIES;

	do {
		before = v;
		v = read();
	} while ((v - before >= CLOSE || ((v + 1) & LOW) < 2) && --tries);
	return v;
}
