/* SPDX-License-Identifier: MIT */
/* cpus.c - finds the CPUs in the MADT (ACPI 6.5, 5.2.12.2 and 5.2.12.12). Pure. */
#include "cpus.h"
#include "kernel/irq/madt.h"

#define ID_NONE		0xff		/* of entries without a CPU */
#define ID_NONE_X2	0xffffffff

/* Keeps the order of the table for each kind of entry: firmware puts the boot CPU first. */
void cpus_from_madt(const struct acpi_header *table,
		    void (*named)(void *, const struct arch_named *), void *cookie)
{
	const struct madt_lapic *a;
	const struct madt_x2apic *x;
	struct madt_walk w;

	madt_start(&w, table);
	while ((a = madt_next(&w, MADT_LAPIC, sizeof(*a))))
		if (a->flags & MADT_ENABLED && a->id != ID_NONE)
			named(cookie, &(struct arch_named){ .id = a->id });
	madt_start(&w, table);
	while ((x = madt_next(&w, MADT_X2APIC, sizeof(*x))))
		if (x->flags & MADT_ENABLED && x->id != ID_NONE_X2)
			named(cookie, &(struct arch_named){ .id = x->id });
}
