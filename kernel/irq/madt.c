/* SPDX-License-Identifier: MIT */
/* madt.c - see madt.h. */
#include "kernel/irq/madt.h"

void madt_start(struct madt_walk *w, const struct acpi_header *table)
{
	w->at = w->end = (const uint8_t *)table;
	if (table && table->length >= sizeof(struct madt)) {
		w->at += sizeof(struct madt);
		w->end += table->length;
	}
}

const void *madt_next(struct madt_walk *w, enum madt_type type, uint32_t size)
{
	while ((uint64_t)(w->end - w->at) >= sizeof(struct madt_entry)) {
		const struct madt_entry *e = (const void *)w->at;

		if (e->length < sizeof(*e) || e->length > (uint64_t)(w->end - w->at))
			break;			/* and at the next call */
		w->at += e->length;
		if (e->type == type && e->length >= size)
			return e;
	}
	return NULL;
}
