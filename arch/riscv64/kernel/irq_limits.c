/* SPDX-License-Identifier: MIT */
/* irq_limits.c - see irq.h: what a device tree and the MADT may say about a controller. */
#include "irq.h"

#define SOURCES_MAX	1023

bool imsic_usable(const struct imsic_bits *b)
{
	return b->guests <= IMSIC_GUEST_BITS && b->harts <= IMSIC_INDEX_BITS &&
	       b->groups <= IMSIC_GROUP_BITS && b->harts + b->groups <= IMSIC_INDEX_BITS &&
	       b->shift >= IMSIC_GROUP_SHIFT && b->shift <= 55 &&
	       b->ids >= 63 && b->ids <= 2047 && b->ids % 64 == 63;
}

void imsic_place(const struct imsic_bits *b, uint64_t file, struct irq_devices *out)
{
	out->ids = (uint32_t)b->ids;
	out->place = (uint32_t)((file >> (PAGE_SHIFT + b->guests) & IRQ_BITS(b->harts)) |
				(file >> b->shift & IRQ_BITS(b->groups)) << b->harts);
}

bool irq_range(const struct boot_range *r, uint64_t least, uint64_t sources,
	       struct irq_devices *out)
{
	const uint32_t most = out->ids ? MIN(out->ids, IRQ_OWN - 1) : IRQ_OWN - 1;

	if (r->base % PAGE_SIZE || r->size < least || !sources || sources > SOURCES_MAX)
		return false;
	out->range = (struct boot_range){ r->base, least };
	out->sources = (uint32_t)MIN(sources, most);
	return true;
}
