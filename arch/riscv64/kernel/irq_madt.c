/* SPDX-License-Identifier: MIT */
/*
 * irq_madt.c - see irq.h: the same controllers, and the boot hart's place, in ACPI's MADT (ACPI
 * 6.6, 5.2.12.24 to 5.2.12.27).
 */
#include "irq.h"
#include "lib/string.h"

#define RINTC_LEAST	20	/* up to `uid`: QEMU 8, older than ACPI 6.6 */
#define NUMBER(external)	((external) >> 24)	/* of the controller */
#define PLACE(external)	((external) & 0xffff)

static const char unusable[] = "the MADT's interrupt controllers are not usable";

bool harts_madt(struct madt_walk *w, uint64_t *id)
{
	const struct madt_rintc *r;

	while ((r = madt_next(w, MADT_RINTC, RINTC_LEAST))) {
		memcpy(id, &r->hart, sizeof(*id));	/* unaligned */
		if (r->flags & MADT_ENABLED)
			return true;
	}
	return false;
}

static bool hart_find(const struct acpi_header *table, uint64_t id, struct madt_rintc *out)
{
	const struct madt_rintc *r;
	struct madt_walk w;

	madt_start(&w, table);
	while ((r = madt_next(&w, MADT_RINTC, sizeof(*r)))) {
		*out = *r;
		if (r->hart == id && r->flags & MADT_ENABLED)
			return true;
	}
	return false;
}

/* Whether it can be driven. Interrupts must be numbered from 0, as only one controller is used. */
static bool range_set(uint64_t base, uint64_t size, uint64_t least, uint32_t sources, uint32_t gsi,
		      struct irq_devices *out)
{
	return base && !gsi && irq_range(&(struct boot_range){ base, size }, least, sources, out);
}

static const char *plic_set(const struct madt_plic *p, uint32_t place, struct irq_devices *out)
{
	out->place = place;
	return place < PLIC_PLACES &&
	       range_set(p->base, p->size, PLIC_OWN + PLIC_OWN_SIZE * (place + 1), p->sources,
			 p->gsi, out) ? NULL : unusable;
}

static bool imsic_set(const struct madt_imsic *i, uint64_t file, struct irq_devices *out)
{
	const struct imsic_bits b = {
		i->guest_bits, i->hart_bits, i->group_bits, i->group_shift, i->ids,
	};

	if (!imsic_usable(&b))
		return false;
	imsic_place(&b, file, out);
	return true;
}

static const char *aplic_set(const struct acpi_header *table, const struct madt_aplic *a,
			     const struct madt_rintc *hart, struct irq_devices *out)
{
	const struct madt_imsic *i;
	struct madt_walk w;
	uint32_t size = APLIC_IDC;

	madt_start(&w, table);
	i = madt_next(&w, MADT_IMSIC, sizeof(*i));
	out->aplic = true;
	if (i && hart->imsic && !imsic_set(i, hart->imsic, out))
		return unusable;
	if (!out->ids) {
		out->place = PLACE(hart->external);
		if (out->place >= a->idcs || out->place > IRQ_BITS(IMSIC_INDEX_BITS))
			return unusable;
		size += APLIC_IDC_SIZE * (out->place + 1);
	}
	return range_set(a->base, a->size, size, a->sources, a->gsi, out) ? NULL : unusable;
}

const char *irq_madt(const struct machine *m, uint64_t id, struct irq_devices *out)
{
	const struct acpi_header *table = m->table(m->cookie, MADT_SIGNATURE);
	const struct madt_aplic *a;
	const struct madt_plic *p;
	struct madt_rintc hart;
	struct madt_walk w;

	*out = (struct irq_devices){ 0 };
	if (!hart_find(table, id, &hart))
		return "neither a device tree nor the MADT says what interrupts the boot hart";
	madt_start(&w, table);
	while ((a = madt_next(&w, MADT_APLIC, sizeof(*a))))
		if (a->id == NUMBER(hart.external))
			return aplic_set(table, a, &hart, out);
	madt_start(&w, table);
	while ((p = madt_next(&w, MADT_PLIC, sizeof(*p))))
		if (p->id == NUMBER(hart.external))
			return plic_set(p, PLACE(hart.external), out);
	return "the MADT names no PLIC or APLIC for the boot hart";
}
