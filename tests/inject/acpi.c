/* SPDX-License-Identifier: MIT */
/* acpi.c - what the MADT says of the other CPUs. Firmware has no use for its tables any more. */
#include "inject.h"
#include "lib/string.h"

static const void *reach(void *cookie, uint64_t at, uint64_t size)
{
	(void)cookie;
	(void)size;
	return (const void *)at;
}

struct acpi_header *acpi_theirs(uint32_t signature)
{
	static const struct efi_guid guid = EFI_ACPI_20_TABLE_GUID;
	const struct efi_system_table *t = inject.systab;
	struct acpi a = { .reach = reach };
	const void *found = NULL;

	for (uint64_t i = 0; i < t->tables && !found; i++)
		if (!memcmp(&t->table[i].guid, &guid, sizeof(guid)) &&
		    acpi_open(&a, (uint64_t)t->table[i].table))
			found = acpi_find(&a, signature, sizeof(struct acpi_header));
	if (!found)
		say("inject: %s: no such table", inject.name);
	return (void *)found;
}

void acpi_seal(struct acpi_header *h)
{
	const uint8_t *bytes = (const uint8_t *)h;
	uint8_t sum = 0;

	h->checksum = 0;
	for (uint32_t i = 0; i < h->length; i++)
		sum += bytes[i];
	h->checksum = (uint8_t)-sum;
}

void acpi_change(void)
{
	struct acpi_header *madt = want(fault_cpus) ? acpi_theirs(MADT_SIGNATURE) : NULL;
	struct madt_walk w;

	if (!madt)
		return;
	madt_start(&w, madt);
	if (want_kind(cpus, CPUS_ABSENT))
		cpu_absent(&w);
	else
		cpu_park(&w);
	acpi_seal(madt);
}
