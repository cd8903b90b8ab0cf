/* SPDX-License-Identifier: MIT */
/*
 * gic_find.c - finds the interrupt controller in a device tree or the MADT (ACPI 6.5, 5.2.12).
 * Touches no hardware.
 */
#include "gic.h"
#include "kernel/irq/madt.h"
#include "lib/fdt.h"
#include "lib/string.h"

#define NAME_SIZE(s)		((uint32_t)strlen(s) + 1)	/* a whole name, with its NUL */
#define CELLS			3	/* of an interrupt in a tree: kind, number, flags */
#define GICR_PAIR		0x20000	/* the two frames of a GICv3's redistributor */
#define GICR_PIECE		(16 * MIB)	/* how much is mapped as one region */

/* By `compatible`. */
static const struct {
	char name[20];
	bool v3;
} known[] = {
	{ "arm,gic-v3", true }, { "arm,gic-400", false }, { "arm,cortex-a15-gic", false },
	{ "arm,cortex-a9-gic", false }, { "arm,cortex-a7-gic", false }, { "arm,pl390", false },
	{ "qcom,msm-qgic2", false },
};

/* Merges adjacent regions. If there are too many, the rest is ignored, and its CPUs not found. */
static void region_add(uint64_t base, uint64_t size)
{
	struct gic_region *last = gic.regions ? &gic.region[gic.regions - 1] : NULL;
	uint64_t piece;

	for (; size; base += piece, size -= piece) {
		piece = MIN(size, GICR_PIECE);
		if (last && last->range.base + last->range.size == base &&
		    last->range.size + piece <= GICR_PIECE) {
			last->range.size += piece;
			continue;
		}
		if (gic.regions == GIC_REGIONS) {
			gic.doubt = "too many redistributors";
			return;
		}
		last = &gic.region[gic.regions++];
		last->range = (struct boot_range){ base, piece };
	}
}

static bool tree_node(const struct fdt *f, struct fdt_node *n)
{
	while (fdt_next(f, n))
		for (uint32_t i = 0; i < ARRAY_SIZE(known); i++)
			if (fdt_compatible(f, n, known[i].name, NAME_SIZE(known[i].name))) {
				gic.v3 = known[i].v3;
				return true;
			}
	return false;
}

bool gic_from_tree(const struct machine *m)
{
	struct fdt_node n = { 0 };
	struct boot_range r;
	uint64_t regions = 1, stride = 0, cells = CELLS;
	struct fdt f;

	if (!m->dtb || fdt_open(&f, m->dtb, m->dtb_size) != OK || !tree_node(&f, &n) ||
	    !fdt_reg(&f, &n, 0, &gic.found_dist))
		return false;
	fdt_number(&f, &n, "#interrupt-cells", &cells);
	gic.cells = (uint32_t)cells;
	if (!gic.v3)
		return fdt_reg(&f, &n, 1, &gic.found_cpu);
	fdt_number(&f, &n, "#redistributor-regions", &regions);
	fdt_number(&f, &n, "redistributor-stride", &stride);
	if (stride >= GICR_PAIR && stride <= GICR_PIECE && stride % GICD_SIZE_V3 == 0)
		gic.stride = (uint32_t)stride;
	for (uint32_t i = 0; i < MIN(regions, GIC_REGIONS) && fdt_reg(&f, &n, 1 + i, &r); i++)
		region_add(r.base, r.size);
	return gic.regions > 0;
}

bool gic_from_madt(const struct machine *m)
{
	const struct acpi_header *table = m->table(m->cookie, MADT_SIGNATURE);
	const struct madt_gicd *d;
	const struct madt_gicc *c;
	const struct madt_gicr *r;
	struct madt_walk w;

	madt_start(&w, table);
	d = madt_next(&w, MADT_GICD, sizeof(*d));
	if (!d)
		return false;
	gic.found_dist.base = d->address;
	gic.cells = CELLS;
	madt_start(&w, table);
	while ((r = madt_next(&w, MADT_GICR, sizeof(*r))))
		region_add(r->address, r->size);
	madt_start(&w, table);
	while ((c = madt_next(&w, MADT_GICC, sizeof(*c)))) {
		if (!(c->flags & MADT_ENABLED))	/* its redistributor may have no power */
			continue;
		if (!gic.found_cpu.base)
			gic.found_cpu.base = c->address;
		if (c->gicr && !gic.region[0].range.size)
			gic.stride = GICR_PAIR;
		if (c->gicr && gic.stride == GICR_PAIR)
			region_add(c->gicr, GICR_PAIR);
	}
	gic.v3 = d->version ? d->version >= 3 : gic.regions > 0;
	return gic.v3 ? gic.regions > 0 : gic.found_cpu.base != 0;
}
