/* SPDX-License-Identifier: MIT */
/*
 * memmap_efi.c - turns UEFI's descriptors into ranges for memmap_normalise. Pure.
 *
 * Runs once over a map that may be long, and reads each descriptor once.
 */
#include "stub/memmap.h"
#include "lib/efi.h"

#define MEMMAP_SMALL	(1ull << 35)	/* pages: 2^47 bytes */

/*
 * UEFI 2.10, table 7.6, with what becomes of free memory and of what the loader and boot services
 * have used. Types not listed are RESERVED.
 */
#define TYPES(free, used) {					\
	[EFI_RESERVED]		= BOOT_MEM_RESERVED,		\
	[EFI_LOADER_CODE]	= (used),			\
	[EFI_LOADER_DATA]	= (used),			\
	[EFI_BOOT_CODE]		= (used),			\
	[EFI_BOOT_DATA]		= (used),			\
	[EFI_RUNTIME_CODE]	= BOOT_MEM_RUNTIME_CODE,	\
	[EFI_RUNTIME_DATA]	= BOOT_MEM_RUNTIME_DATA,	\
	[EFI_CONVENTIONAL]	= (free),			\
	[EFI_UNUSABLE]		= BOOT_MEM_RESERVED,		\
	[EFI_ACPI_RECLAIM]	= BOOT_MEM_ACPI,		\
	[EFI_ACPI_NVS]		= BOOT_MEM_NVS,			\
	[EFI_MMIO]		= BOOT_MEM_MMIO,		\
	[EFI_MMIO_PORT]		= BOOT_MEM_MMIO,		\
	[EFI_PAL_CODE]		= BOOT_MEM_RESERVED,		\
	[EFI_PERSISTENT]	= BOOT_MEM_RESERVED,		\
}
static const uint8_t efi_types[] = TYPES(BOOT_MEM_FREE, BOOT_MEM_RECLAIM);
/* For memory that is not simply write-back */
static const uint8_t efi_types_odd[ARRAY_SIZE(efi_types)] =
	TYPES(BOOT_MEM_RESERVED, BOOT_MEM_RESERVED);

/*
 * Choose between the two. Specific-purpose memory is reserved for a driver to give out. Without any
 * cache attribute we trust the type: what firmware calls free is memory.
 */
static inline const uint8_t *efi_row(uint64_t attribute)
{
	return attribute & EFI_MEMORY_SP ||
	       (attribute & EFI_MEMORY_CACHE_MASK && !(attribute & EFI_MEMORY_WB)) ?
	       efi_types_odd : efi_types;
}

static inline uint32_t efi_type_of(uint32_t efi_type, const uint8_t *row)
{
	if (__builtin_expect(efi_type >= ARRAY_SIZE(efi_types), false))
		return BOOT_MEM_RESERVED;
	return row[efi_type];
}

uint32_t memmap_efi_type(uint32_t efi_type, uint64_t attribute)
{
	return efi_type_of(efi_type, efi_row(attribute));
}

uint32_t memmap_from_efi(const void *map, uint64_t size, uint64_t desc_size, struct boot_mem *out)
{
	const uint8_t *end = (const uint8_t *)map + size, *row = efi_types;
	struct boot_mem *m = out;
	uint32_t last_type = 0;
	uint64_t next = 0, attribute = 0, small = MEMMAP_SMALL;

	__asm__("" : "+r"(small));	/* compared, not shifted by */
	for (const uint8_t *p = map; p < end; p += desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;
		const uint64_t pages = d->pages;
		uint64_t bytes = pages << PAGE_SHIFT;
		uint32_t type;

		if (__builtin_expect(d->attribute != attribute, false)) {
			if ((d->attribute ^ attribute) & EFI_MEMORY_CACHE_MASK)
				last_type = 0;		/* do not join the range before */
			attribute = d->attribute;
			row = efi_row(attribute);
		}
		type = efi_type_of(d->type, row);
		/* the usual case; MEMMAP_MAX of these cannot overflow */
		if (__builtin_expect(d->physical_start == next && type == last_type &&
				     pages < small, true)) {
			m[-1].size += bytes;
			next += bytes;
			continue;
		}
		last_type = type;
		/* Cut to the address space later. The end may have wrapped: join nothing to it. */
		if (__builtin_expect(d->physical_start >= MEMMAP_TOP ||
				     pages >= MEMMAP_TOP >> PAGE_SHIFT, false)) {
			bytes = pages >> (64 - PAGE_SHIFT) ? UINT64_MAX : bytes;
			last_type = 0;
		}
		*m++ = (struct boot_mem){ d->physical_start, bytes, type,
					  (uint32_t)attribute & EFI_MEMORY_CACHE_MASK };
		next = d->physical_start + bytes;
	}
	return (uint32_t)(m - out);
}
