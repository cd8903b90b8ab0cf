/* SPDX-License-Identifier: MIT */
/*
 * efi_left.c - see efi_left.h. Only reads memory. Caches are off on aarch64, so data written
 * through them is cleaned to memory first.
 *
 * An operating system that ran before us has called SetVirtualAddressMap, for good (UEFI 2.10,
 * 8.4). Firmware's pointers are virtual then, and the map passed to that call translates them.
 */
#include "stub/raw/efi_left.h"
#include "lib/efi_protocols.h"
#include "lib/string.h"
#include "stub/efi/efi.h"
#include "stub/memmap.h"

#define MAP_MAX		MIB	/* a longer map is not believed */
#define MAP_PART	32	/* descriptors converted at a time */
#define LIST_MAX	4096	/* pages: the list may be a circle */
#define LIST_ROOM	4096	/* entries of 16 bytes in Linux's largest page, 64 KiB */

/* Linux's include/linux/efi.h: memory that a device uses for ever once told of it. */
#define LINUX_MEMRESERVE_GUID \
	{ 0x888eb0c6, 0x8ede, 0x4ff5, { 0xa8, 0xf0, 0x9a, 0xee, 0x5c, 0xb9, 0x77, 0xc2 } }
struct linux_memreserve {
	uint32_t room, count;		/* entries that follow */
	uint64_t next;
	struct boot_range entry[];
};

static bool left_reach(struct raw *r, uint64_t base, uint64_t size)
{
	if (base % sizeof(uint64_t) || !raw_reach(r, base, size))
		return false;
	arch_clean(base, size);
	return true;
}

static bool left_map_ok(struct raw *r, const struct efi_left *l)
{
	const uint64_t desc = l->desc_size;

	return desc >= sizeof(struct efi_memory_descriptor) && !(desc % sizeof(uint64_t)) &&
	       l->size - 1 < MAP_MAX && !(l->size % desc) && left_reach(r, l->map, l->size);
}

static uint64_t left_physical(const struct efi_left *l, const void *pointer)
{
	const uint64_t at = (uint64_t)pointer;

	for (uint64_t i = 0; i < l->size; i += l->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)(l->map + i);

		if (d->attribute & EFI_MEMORY_RUNTIME && d->virtual_start &&
		    (at - d->virtual_start) >> PAGE_SHIFT < d->pages)
			return at - d->virtual_start + d->physical_start;
	}
	return at;
}

/* Each of several kernels started in a row has added to the list. */
static void left_reserved(struct raw *r, uint64_t at)
{
	for (uint32_t i = 0; at; i++) {
		const struct linux_memreserve *list = (const void *)at;

		if (i == LIST_MAX || !left_reach(r, at, sizeof(*list)) ||
		    list->count > MIN(list->room, LIST_ROOM) ||
		    !left_reach(r, at, sizeof(*list) + list->count * sizeof(*list->entry)))
			panic("efi: list of reserved memory damaged at 0x%llx", LL(at));
		for (uint32_t k = 0; k < list->count; k++)
			raw_add(r, list->entry[k].base, list->entry[k].size, BOOT_MEM_RESERVED);
		at = list->next;
	}
}

static void left_tables(struct draft *d, struct raw *r, const struct efi_left *l)
{
	static const struct efi_guid memreserve = LINUX_MEMRESERVE_GUID;
	const struct efi_system_table *t = (const void *)l->systab;
	const struct efi_configuration_table *table;
	uint64_t vendor;

	if (!left_reach(r, l->systab, sizeof(*t)) || t->hdr.signature != EFI_SYSTAB_SIGNATURE)
		return;
	vendor = left_physical(l, t->vendor);
	if (!raw_reach(r, vendor, DRAFT_VENDOR_MAX * sizeof(uint16_t)) || vendor % sizeof(uint16_t))
		vendor = 0;
	arch_clean(vendor, vendor ? DRAFT_VENDOR_MAX * sizeof(uint16_t) : 0);
	efi_identity(d, t, (const void *)vendor);
	d->info.efi_runtime = left_physical(l, t->runtime);
	table = (const void *)left_physical(l, t->table);
	if (t->tables > EFI_TABLES_MAX ||
	    !left_reach(r, (uint64_t)table, t->tables * sizeof(*table)))
		return;
	(void)efi_tables(d, table, t->tables);
	d->info.efi_memattr = 0;	/* an operating system does not preserve its memory */
	for (uint64_t i = 0; i < t->tables; i++)
		if (!memcmp(&table[i].guid, &memreserve, sizeof(memreserve)))
			left_reserved(r, (uint64_t)table[i].table);
}

static bool left_free(const struct efi_left *l)
{
	for (uint64_t i = 0; i < l->size; i += l->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)(l->map + i);

		if (d->pages && memmap_efi_type(d->type, d->attribute) == BOOT_MEM_FREE)
			return true;
	}
	return false;
}

/* UEFI's map alone says what is free. It may have any number of descriptors. */
static void left_memory(struct raw *r, const struct efi_left *l)
{
	const uint64_t step = MAP_PART * l->desc_size;
	struct boot_mem part[MAP_PART];

	for (uint32_t i = 0; i < r->n; i++)
		if (r->map[i].type == BOOT_MEM_FREE)
			r->map[i].size = 0;
	for (uint64_t at = 0; at < l->size; at += step) {
		const uint32_t n = memmap_from_efi((const void *)(l->map + at),
						   MIN(step, l->size - at), l->desc_size, part);

		for (uint32_t i = 0; i < n; i++)
			raw_keep(r, &part[i]);
	}
}

bool efi_left_collect(struct draft *d, struct raw *r, const struct efi_left *l)
{
	struct efi_left none = { .systab = l->systab };
	const bool map = left_map_ok(r, l);
	const bool free = map && left_free(l);

	if (free)
		left_memory(r, l);
	left_tables(d, r, map ? l : &none);
	return free;
}
