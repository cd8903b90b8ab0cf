/* SPDX-License-Identifier: MIT */
/*
 * cpus.c - finds the CPUs in a device tree (Devicetree Specification 0.4, 3.7 and 3.8) or in the
 * MADT (ACPI 6.5, 5.2.12). Pure.
 */
#include "smp.h"
#include "arch/aarch64/boot/sysreg.h"
#include "kernel/irq/madt.h"
#include "lib/fdt.h"

#define TREE_CPUS	2		/* depth of /cpus */

static uint32_t how_of(const struct fdt *f, const struct fdt_node *n, struct arch_named *out)
{
	struct fdt_value v;

	if (!fdt_get(f, n, "enable-method", &v))
		return HOW_UNKNOWN;
	if (fdt_is(&v, "psci"))
		return HOW_PSCI;
	if (fdt_is(&v, "spin-table") && fdt_number(f, n, "cpu-release-addr", &out->at))
		return HOW_TABLE;
	return HOW_UNKNOWN;
}

/*
 * Read a child of /cpus. False: it is not a CPU, or has failed. The length of its number says how
 * many cells that has.
 */
static bool tree_cpu(const struct fdt *f, const struct fdt_node *n, struct arch_named *out)
{
	struct fdt_value v;

	if (!fdt_get(f, n, "device_type", &v) || !fdt_is(&v, "cpu"))
		return false;
	if (fdt_get(f, n, "status", &v) && fdt_failed(&v))
		return false;
	*out = (struct arch_named){ .id = ARCH_NO_ID };
	if (fdt_number(f, n, "reg", &out->id))
		out->id &= MPIDR_AFFINITY;
	out->how = how_of(f, n, out);
	return true;
}

bool cpus_from_tree(const struct machine *m, void (*named)(void *, const struct arch_named *),
		    void *cookie)
{
	struct fdt_node n = { 0 };
	bool inside = false, any = false;
	struct arch_named cpu;
	struct fdt f;

	if (!m->dtb || fdt_open(&f, m->dtb, m->dtb_size) != OK)
		return false;
	while (fdt_next(&f, &n)) {
		if (n.depth <= TREE_CPUS) {
			if (inside)
				break;
			inside = n.depth == TREE_CPUS && fdt_named(&f, &n, "cpus");
			continue;
		}
		if (!inside || n.depth != TREE_CPUS + 1 || !tree_cpu(&f, &n, &cpu))
			continue;
		named(cookie, &cpu);
		any = true;
	}
	return any;
}

void cpus_from_madt(const struct machine *m, bool psci,
		    void (*named)(void *, const struct arch_named *), void *cookie)
{
	const struct madt_gicc *g;
	struct madt_walk w;

	madt_start(&w, m->table(m->cookie, MADT_SIGNATURE));
	while ((g = madt_next(&w, MADT_GICC, sizeof(*g)))) {
		struct arch_named cpu = {
			.id = g->mpidr & MPIDR_AFFINITY, .at = g->parked, .number = g->interface,
		};

		if (!(g->flags & MADT_ENABLED))
			continue;
		cpu.how = psci ? HOW_PSCI : g->parking && g->parked ? HOW_MAILBOX : HOW_UNKNOWN;
		named(cookie, &cpu);
	}
}
