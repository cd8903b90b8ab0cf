/* SPDX-License-Identifier: MIT */
/*
 * machine.c - the memory of the fake machines, and firmware's lies about it.
 *
 * Addresses that the sanitizer's shadow leaves free: below 2 GiB and above 32 TiB. The
 * program itself lies below 256 MiB, which counts as firmware's, but for the image in it.
 */
#include <string.h>
#include "tests/host/fake/fake.h"
#include "lib/image.h"

#define FIRMWARE_END	0x10000000ull
#define HIGH		0x200000000000ull	/* 32 TiB */
#define GROWTH		0x60000000ull		/* where new descriptors come from */
#define CROWD		0x40000000ull		/* where crowds of descriptors are */
#define WB		0xfull
#define BAD		0x7f9000000000ull	/* above ARCH_REACH */

/* The heap comes after it: see top.lds. */
static const char top[PAGE_SIZE] __attribute__((used, section(".fake.top"))) = { 1 };

static void add(uint64_t base, uint64_t end, uint32_t type)
{
	machine_add(base, (end - base) / PAGE_SIZE, type);
}

void machine_add(uint64_t base, uint64_t pages, uint32_t type)
{
	uint32_t at = fake.regions;

	if (!pages || fake.regions == REGIONS_MAX)
		return;
	while (at && fake.region[at - 1].base > base)
		at--;
	memmove(&fake.region[at + 1], &fake.region[at],
		(fake.regions++ - at) * sizeof(fake.region[0]));
	fake.region[at] = (struct region){
		base, pages, type,
		type == EFI_MMIO ? EFI_MEMORY_UC | EFI_MEMORY_RUNTIME :
		type == EFI_RUNTIME_CODE || type == EFI_RUNTIME_DATA ? WB | EFI_MEMORY_RUNTIME :
		WB,
	};
}

/* Below 256 MiB: firmware, and what it has loaded. */
static void add_firmware(void)
{
	const uint64_t image = (uint64_t)image_start, end = sections_end();

	add(0, PAGE_SIZE, EFI_BOOT_DATA);
	add(PAGE_SIZE, 0x9f000, EFI_BOOT_CODE);
	if (fake.f.no_bss) {	/* no room for .bss */
		add(MIB, image, EFI_BOOT_CODE);
		add(image, (uint64_t)image_bss_file, EFI_LOADER_CODE);
		add((uint64_t)image_bss_file, FIRMWARE_END, EFI_BOOT_CODE);
		return;
	}
	add(MIB, image, EFI_BOOT_CODE);
	add(image, end, EFI_LOADER_CODE);
	add(end, FIRMWARE_END, EFI_BOOT_CODE);
}

/* Some memory of each kind, as every machine has. */
static void add_usual(void)
{
	add(0x20000000, 0x20100000, EFI_BOOT_DATA);
	add(0x20100000, 0x20140000, EFI_ACPI_RECLAIM);
	add(0x20140000, 0x20180000, EFI_ACPI_NVS);
	add(0x20180000, 0x20200000, EFI_RUNTIME_CODE);
	add(0x20200000, 0x20280000, EFI_RUNTIME_DATA);
	add(0x20280000, 0x20300000, EFI_RESERVED);
	add(0x30000000, 0x30010000, EFI_MMIO);
	add(0x30020000, 0x30030000, EFI_UNUSABLE);
	add(0x30040000, 0x30050000, EFI_PERSISTENT);
	add(0x30060000, 0x30070000, EFI_UNACCEPTED);
}

/* n descriptors of a page, no two neighbours of one type. */
static void add_crowd(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		machine_add(CROWD + i * PAGE_SIZE, 1,
			    i % 2 ? EFI_RUNTIME_DATA : EFI_BOOT_DATA);
}

/* No 2 MiB step in any of them. */
static void add_pieces(void)
{
	for (uint64_t at = 0x10001000; at < 0x12000000; at += 2 * MIB)
		add(at, at + MIB, EFI_CONVENTIONAL);
}

/* Usable by its type (also where firmware's data is), but not by its attribute. */
static void add_bad(uint64_t base, uint64_t attribute)
{
	static const uint32_t types[] = { EFI_CONVENTIONAL, EFI_BOOT_DATA, EFI_CONVENTIONAL };

	for (uint32_t i = 0; i < ARRAY_SIZE(types); i++) {
		const uint64_t at = base + i * 64 * MIB;

		add(at, at + 64 * MIB, types[i]);
		for (uint32_t k = 0; k < fake.regions; k++)
			if (fake.region[k].base == at)
				fake.region[k].attribute = attribute;
	}
}

void machine_make(enum machine m)
{
	fake.regions = 0;
	fake.grown = GROWTH;
	add_firmware();
	add_usual();
	if (fake.f.screen_type)
		add(FAKE_FB(0) - MIB, FAKE_FB(0) + 64 * MIB, fake.f.screen_type);
	switch (m) {
	case MACHINE_HIGH:
		add(HIGH, HIGH + 2 * GIB, EFI_CONVENTIONAL);
		return;
	case MACHINE_FULL:
		return;
	case MACHINE_SMALL:
		add(0x10000000, 0x10010000, EFI_CONVENTIONAL);
		return;
	case MACHINE_PIECES:
		add_pieces();
		return;
	case MACHINE_UC:
	case MACHINE_SP:
	case MACHINE_FAR:
	case MACHINE_BAD:
		if (m == MACHINE_UC || m == MACHINE_BAD)
			add_bad(CROWD, EFI_MEMORY_UC);
		if (m == MACHINE_SP || m == MACHINE_BAD)
			add_bad(CROWD + GIB / 4, WB | EFI_MEMORY_SP);
		if (m == MACHINE_FAR || m == MACHINE_BAD)
			add_bad(BAD, WB);
		if (m != MACHINE_BAD)
			add_pieces();
		return;
	case MACHINE_8000:
		add_crowd(8000);
		break;
	case MACHINE_70000:
		add_crowd(70000);
		break;
	default:
		break;
	}
	add(0x10000000, 0x20000000, EFI_CONVENTIONAL);
	add(0x20300000, 0x30000000, EFI_CONVENTIONAL);
}

/* Firmware's drivers allocate and free pages, which adds entries to the map. */
void machine_grow(uint32_t entries)
{
	for (; entries--; fake.grown += PAGE_SIZE)
		machine_add(fake.grown, 1,
			    fake.grown / PAGE_SIZE % 2 ? EFI_BOOT_DATA : EFI_CONVENTIONAL);
}

/* False descriptors, which are appended to the true ones. */
uint32_t machine_lies(uint32_t lies, struct efi_memory_descriptor *out)
{
	static const struct {
		uint32_t lie;
		struct efi_memory_descriptor d;
	} all[] = {
		{ LIE_EMPTY, { EFI_CONVENTIONAL, 0, 0x11000000, 0, 0, WB } },
		{ LIE_EMPTY, { EFI_RESERVED, 0, 0x12000000, 0, 0, 0 } },
		{ LIE_EMPTY, { EFI_MMIO, 0, 0, 0, 0, 0 } },
		{ LIE_UNKNOWN, { 16, 0, 0x50000000, 0, 16, WB } },
		{ LIE_UNKNOWN, { 0x70000001, 0, 0x50100000, 0, 16, WB } },
		{ LIE_UNKNOWN, { 0xffffffff, 0, 0x50200000, 0, 16, WB } },
		{ LIE_OVERLAP, { EFI_CONVENTIONAL, 0, 0x20100000, 0, 512, WB } },
		{ LIE_OVERLAP, { EFI_RESERVED, 0, 0x10100000, 0, 16, 0 } },
		{ LIE_OVERLAP, { EFI_CONVENTIONAL, 0, 0x10000000, 0, 0x10000, EFI_MEMORY_WB } },
		{ LIE_OVERLAP, { EFI_BOOT_DATA, 0, 0x2ff00000, 0, 0x200, WB } },
		{ LIE_WRAP, { EFI_CONVENTIONAL, 0, 0xfffffffffffff000, 0, 16, WB } },
		{ LIE_WRAP, { EFI_RESERVED, 0, 0xffffffff00000000, 0, 0x200000, 0 } },
		{ LIE_HUGE, { EFI_RESERVED, 0, 1ull << 46, 0, UINT64_MAX, 0 } },
		{ LIE_HUGE, { EFI_MMIO, 0, 1ull << 46, 0, 1ull << 52, EFI_MEMORY_UC } },
		{ LIE_FAR, { EFI_CONVENTIONAL, 0, 1ull << 47, 0, 0x1000, WB } },
		{ LIE_FAR, { EFI_CONVENTIONAL, 0, 1ull << 48, 0, 1ull << 20, WB } },
		{ LIE_FAR, { EFI_CONVENTIONAL, 0, 1ull << 56, 0, 1ull << 45, WB } },
		{ LIE_ODD, { EFI_CONVENTIONAL, 0, 0x50300123, 0, 4, WB } },
		{ LIE_ODD, { EFI_RUNTIME_DATA, 0, 0x50308321, 0, 4, WB } },
	};
	uint32_t n = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].lie & lies)
			out[n++] = all[i].d;
	return n;
}

/* UEFI 2.10, table 7.6, as a kernel reads it that trusts nothing. */
uint32_t machine_type(const struct efi_memory_descriptor *d)
{
	const bool usable = d->attribute & EFI_MEMORY_WB && !(d->attribute & EFI_MEMORY_SP);

	switch (d->type) {
	case EFI_LOADER_CODE: case EFI_LOADER_DATA: case EFI_BOOT_CODE: case EFI_BOOT_DATA:
		return usable ? BOOT_MEM_RECLAIM : BOOT_MEM_RESERVED;
	case EFI_CONVENTIONAL:
		return usable ? BOOT_MEM_FREE : BOOT_MEM_RESERVED;
	case EFI_RUNTIME_CODE:
		return BOOT_MEM_RUNTIME_CODE;
	case EFI_RUNTIME_DATA:
		return BOOT_MEM_RUNTIME_DATA;
	case EFI_ACPI_RECLAIM:
		return BOOT_MEM_ACPI;
	case EFI_ACPI_NVS:
		return BOOT_MEM_NVS;
	case EFI_MMIO: case EFI_MMIO_PORT:
		return BOOT_MEM_MMIO;
	default:
		return BOOT_MEM_RESERVED;
	}
}
