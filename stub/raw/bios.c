/* SPDX-License-Identifier: MIT */
/* bios.c - finds the tables a BIOS leaves below 1 MiB. ACPI 6.5, 5.2.5.1; SMBIOS 3.6, 5.2. */
#include "stub/raw/pc.h"
#include "lib/string.h"

#define STEP		16
#define TURN		4
#define EBDA_POINTER	0x40e		/* a segment, in the BIOS data area */
#define EBDA_LOW	0x80000		/* a smaller address is garbage */
#define EBDA_HIGH	0xa0000
#define EBDA_SEARCHED	KIB
#define ROM_LOW		0xe0000
#define ROM		0xf0000
#define ROM_END		0x100000
#define RSDP_LENGTH	20		/* what the first checksum covers */
#define SMBIOS2_LENGTH	0x1f
#define SMBIOS3_LENGTH	0x18

static bool sum_ok(const uint8_t *p, uint32_t size)
{
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *p++);
	return !sum;
}

/* Whether none of the next TURN places begins with `first`. Most of thousands do not. */
static inline bool turn_empty(const char *p, char first)
{
	return p[0] != first && p[STEP] != first && p[2 * STEP] != first && p[3 * STEP] != first;
}

uint64_t bios_search(uint64_t base, uint64_t size, const char *signature, uint32_t length)
{
	const size_t n = strlen(signature);
	const uint64_t end = size < length ? base : base + size - length + 1;

	for (; base < end; base += STEP) {
		while (end - base > TURN * STEP && turn_empty((const char *)base, *signature))
			base += TURN * STEP;
		if (*(const char *)base == *signature &&
		    !memcmp((const void *)base, signature, n) &&
		    sum_ok((const uint8_t *)base, length))
			return base;
	}
	return 0;
}

void bios_find(struct boot_info *info)
{
	const volatile uint16_t *pointer = (const volatile uint16_t *)EBDA_POINTER;
	const uint64_t ebda = (uint64_t)*pointer << 4;

	if (!info->acpi_rsdp && ebda >= EBDA_LOW && ebda < EBDA_HIGH)
		info->acpi_rsdp = bios_search(ebda, EBDA_SEARCHED, "RSD PTR ", RSDP_LENGTH);
	if (!info->acpi_rsdp)		/* first where it usually is, then where else it may be */
		info->acpi_rsdp = bios_search(ROM, ROM_END - ROM, "RSD PTR ", RSDP_LENGTH);
	if (!info->acpi_rsdp)
		info->acpi_rsdp = bios_search(ROM_LOW, ROM - ROM_LOW, "RSD PTR ", RSDP_LENGTH);
	if (!info->smbios)
		info->smbios = bios_search(ROM, ROM_END - ROM, "_SM3_", SMBIOS3_LENGTH);
	if (!info->smbios)
		info->smbios = bios_search(ROM, ROM_END - ROM, "_SM_", SMBIOS2_LENGTH);
}
