/* SPDX-License-Identifier: MIT */
/*
 * efi_tables.c - UEFI's configuration tables (2.10, 4.6). Only memory is read: firmware may
 * have been left already, by a loader that told us where they are.
 */
#include "stub/stub.h"
#include "include/efi_protocols.h"
#include "include/fdt.h"
#include "include/lib.h"

#define TABLES_MAX	1024	/* more than any firmware has: it lies */

void efi_tables(struct draft *d, const struct efi_system_table *systab)
{
	static const struct efi_guid guid[] = {
		EFI_ACPI_20_TABLE_GUID, EFI_ACPI_10_TABLE_GUID, EFI_SMBIOS3_TABLE_GUID,
		EFI_SMBIOS_TABLE_GUID, EFI_DTB_TABLE_GUID, EFI_MEMORY_ATTRIBUTES_TABLE_GUID,
	};
	enum { ACPI20, ACPI10, SMBIOS3, SMBIOS, DTB, MEMATTR };
	const struct efi_configuration_table *t = systab->table;
	struct boot_info *info = &d->info;
	uint64_t found[ARRAY_SIZE(guid)] = { 0 };
	struct fdt fdt;

	if ((uint64_t)t % sizeof(uint64_t))
		t = NULL;
	for (uint64_t i = 0; t && i < MIN(systab->tables, TABLES_MAX); i++)
		for (uint32_t k = 0; k < ARRAY_SIZE(guid); k++)
			if (t[i].guid.a == guid[k].a &&	/* all but one differ here */
			    !memcmp(&t[i].guid, &guid[k], sizeof(guid[k])))
				found[k] = (uint64_t)t[i].table;
	info->acpi_rsdp = found[ACPI20] ? found[ACPI20] : found[ACPI10];
	info->smbios = found[SMBIOS3] ? found[SMBIOS3] : found[SMBIOS];
	info->efi_memattr = found[MEMATTR];
	if (found[DTB] && fdt_open(&fdt, (void *)found[DTB], FDT_MAX) == OK)
		d->module[1] = (struct boot_module){
			.mem = { found[DTB], fdt_size(&fdt) }, .kind = BOOT_MODULE_DTB,
		};
}
