/* SPDX-License-Identifier: MIT */
/*
 * tables.c - UEFI's configuration tables (2.10, 4.6). Only reads memory, as a loader may have left
 * firmware already and told us where they are.
 */
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"
#include "lib/utf.h"

void efi_identity(struct draft *d, const struct efi_system_table *t, const void *vendor)
{
	bool cut;

	if (vendor)
		d->vendor_len = utf8_from_utf16(vendor, sizeof(d->vendor), d->vendor,
						sizeof(d->vendor), &cut);
	d->info.efi_systab = (uint64_t)t;
	d->info.efi_revision = t->hdr.revision;
	d->info.firmware_revision = t->firmware_revision;
}

/* Compare by words: both are aligned. */
static bool guid_is(const struct efi_guid *a, const struct efi_guid *b)
{
	const uint32_t *x = (const uint32_t *)a, *y = (const uint32_t *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

uint64_t efi_tables(struct draft *d, const struct efi_configuration_table *t, uint64_t n)
{
	static const struct efi_guid guid[] = {
		EFI_ACPI_20_TABLE_GUID, EFI_ACPI_10_TABLE_GUID, EFI_SMBIOS3_TABLE_GUID,
		EFI_SMBIOS_TABLE_GUID, EFI_DTB_TABLE_GUID, EFI_MEMORY_ATTRIBUTES_TABLE_GUID,
		EFI_TCG2_FINAL_EVENTS_TABLE_GUID,
	};
	enum { ACPI20, ACPI10, SMBIOS3, SMBIOS, DTB, MEMATTR, TPM_FINAL };
	struct boot_info *info = &d->info;
	uint64_t found[ARRAY_SIZE(guid)] = { 0 };

	if ((uint64_t)t % sizeof(uint64_t))
		t = NULL;
	for (uint64_t i = 0; t && i < MIN(n, EFI_TABLES_MAX); i++)
		for (uint32_t k = 0; k < ARRAY_SIZE(guid); k++)
			if (guid_is(&t[i].guid, &guid[k]))
				found[k] = (uint64_t)t[i].table;
	info->acpi_rsdp = found[ACPI20] ? found[ACPI20] : found[ACPI10];
	info->smbios = found[SMBIOS3] ? found[SMBIOS3] : found[SMBIOS];
	info->efi_memattr = found[MEMATTR];
	info->tpm_final = found[TPM_FINAL];
	return found[DTB];
}
