/* SPDX-License-Identifier: MIT */
/*
 * map.c - firmware's memory map while firmware still owns memory: what may be allocated, and what a
 * given range is.
 *
 * Memory that is not cacheable, has a specific purpose, or is out of our page tables' reach is
 * never used, whatever AllocatePages returns. UEFI 2.10, 7.2.
 */
#include "stub/efi/efi.h"
#include "arch/boot.h"
#include "lib/image.h"
#include "stub/memmap.h"

#define MAP_ON_STACK	(20 * KIB)	/* enough for most maps; larger ones get pages */
#define MAP_TRIES	4		/* if a large map grows meanwhile */
#define SCAN_TRIES	16		/* free ranges tried one by one */
#define DESC_SIZE_MIN	sizeof(struct efi_memory_descriptor)
#define DESC_SIZE_MAX	4096
#define DATA_TYPES	(1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_ACPI | \
			 1u << BOOT_MEM_RUNTIME_DATA | 1u << BOOT_MEM_NVS)
#define LOW_END		MIB		/* firmware and CPUs start in the memory below this */

void efi_no_map(const struct efi *e, efi_status_t status)
{
	efi_print(e, "error: no memory map from firmware (status 0x%llx)", LL(status));
}

status_t efi_no_memory(const struct efi *e, uint64_t pages)
{
	efi_print(e, "error: no memory for %llu pages", LL(pages));
	return ERR_NO_MEMORY;
}

void efi_ignored(const struct efi *e, const char *what, uint64_t base, uint64_t size,
		 const char *why)
{
	efi_print(e, "warning: %s at 0x%llx, 0x%llx bytes: %s: ignored", what, LL(base), LL(size),
		  why);
}

efi_status_t efi_read_map(const struct efi *e, void *buf, uint64_t room, struct efi_map *out)
{
	efi_status_t status;

	*out = (struct efi_map){ .size = room };
	status = e->boot->get_memory_map(&out->size, buf, &out->key, &out->desc_size,
					 &out->desc_version);
	if (status != EFI_SUCCESS)
		return status;
	if (out->size > room || out->desc_size < DESC_SIZE_MIN ||
	    out->desc_size > DESC_SIZE_MAX || out->desc_size % 8 || !out->size)
		return EFI_DEVICE_ERROR;
	out->size -= out->size % out->desc_size;
	return EFI_SUCCESS;
}

status_t efi_with_map(const struct efi *e,
		      status_t (*use)(const struct efi_map *m, void *cookie), void *cookie)
{
	_Alignas(8) uint8_t buf[MAP_ON_STACK];
	struct efi_map m;
	efi_status_t status = efi_read_map(e, buf, sizeof(buf), &m);

	m.at = buf;
	if (status == EFI_SUCCESS)
		return use(&m, cookie);
	/* a large map: read it into pages that are freed at once */
	for (int i = 0; i < MAP_TRIES && status == EFI_BUFFER_TOO_SMALL && m.size < GIB; i++) {
		uint64_t at = 0, pages = PAGES(2 * m.size);
		status_t done = ERR_FIRMWARE;

		if (!efi_allocate(e, EFI_ALLOCATE_ANY, pages, &at))
			return efi_no_memory(e, pages);
		status = efi_read_map(e, (void *)at, pages << PAGE_SHIFT, &m);
		m.at = (void *)at;
		if (status == EFI_SUCCESS)
			done = use(&m, cookie);
		(void)e->boot->free_pages(at, pages);
		if (status == EFI_SUCCESS)
			return done;
	}
	efi_no_map(e, status);
	return ERR_FIRMWARE;
}

uint32_t efi_map_type(const struct efi_map *m, uint64_t base, uint64_t size)
{
	const uint8_t *end = m->at + m->size;

	for (const uint8_t *p = m->at; p < end; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;
		const uint64_t skip = (base - d->physical_start) >> PAGE_SHIFT;

		if (base >= d->physical_start && skip < d->pages && PAGES(size) <= d->pages - skip)
			return memmap_efi_type(d->type, d->attribute);
	}
	return BOOT_MEM_MMIO;
}

bool efi_map_ours(const struct efi_map *m, uint64_t size)
{
	const uint64_t base = (uint64_t)image_start;
	const uint8_t *end = m->at + m->size;

	for (const uint8_t *p = m->at; p < end; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;

		if ((d->type == EFI_LOADER_CODE || d->type == EFI_LOADER_DATA) &&
		    base >= d->physical_start &&
		    base - d->physical_start < d->pages << PAGE_SHIFT &&
		    size <= (d->pages << PAGE_SHIFT) - (base - d->physical_start))
			return true;
	}
	return false;
}

/* Whether it may hold data that a loader or firmware has put there. */
static bool holds_data(const struct efi_memory_descriptor *d)
{
	return DATA_TYPES >> memmap_efi_type(d->type, d->attribute) & 1;
}

/* Whether a range that should be data overlaps a descriptor that is not, which then wins. */
static bool spoils_data(const struct efi_memory_descriptor *d, uint64_t base, uint64_t size)
{
	const uint64_t pages = MIN(d->pages, UINT64_MAX >> PAGE_SHIFT);

	return pages && !holds_data(d) &&
	       ranges_overlap(base, size, d->physical_start, pages << PAGE_SHIFT);
}

bool efi_map_data(const struct efi_map *m, uint64_t base, uint64_t size)
{
	const uint64_t own = (uint64_t)image_start, end = base + size;
	const uint8_t *stop = m->at + m->size;
	uint64_t at = base;

	if (!base || !ends_by(base, size, ARCH_REACH))
		return false;
	if (ranges_overlap(base, size, own, image_size()))
		return false;
	for (const uint8_t *p = m->at; p < stop; p += m->desc_size)
		if (spoils_data((const void *)p, base, size))
			return false;
	for (const uint8_t *p = m->at; p < stop && at < end; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;

		if (at < d->physical_start || !holds_data(d) ||
		    (at - d->physical_start) >> PAGE_SHIFT >= d->pages)
			continue;
		at = d->pages > ARCH_REACH >> PAGE_SHIFT ? end :
		     MIN(d->physical_start + (d->pages << PAGE_SHIFT), end);
		p = m->at - m->desc_size;	/* start over: the map is not sorted */
	}
	return at >= end;
}

bool efi_clear(const struct draft *d, uint64_t base, uint64_t size, uint64_t *next)
{
	const struct boot_range *fb = &d->info.fb.mem;

	*next = fb->base + fb->size;
	if (fb->size && ranges_overlap(base, size, fb->base, fb->size))
		return false;
	for (uint32_t i = 0; i < DRAFT_MODULES; i++) {
		const struct boot_range *m = &d->module[i].mem;

		*next = m->base + m->size;
		if (m->size && ranges_overlap(base, size, m->base, m->size))
			return false;
	}
	for (uint32_t i = 0; i < d->named; i++) {
		const struct boot_range *m = &d->files[i].mem;

		*next = m->base + m->size;
		if (m->size && ranges_overlap(base, size, m->base, m->size))
			return false;
	}
	for (uint32_t i = 0; i < d->keeps; i++) {
		*next = d->keep[i].base + d->keep[i].size;
		if (ranges_overlap(base, size, d->keep[i].base, d->keep[i].size))
			return false;
	}
	return true;
}

/* The lowest place for `size` bytes in one range of free memory; 0 if there is none. */
static uint64_t place_in(const struct efi *e, const struct draft *d, const struct efi_map *m,
			 uint64_t start, uint64_t size)
{
	uint64_t at = MAX(start, LOW_END), next;

	for (uint32_t i = 0; i <= DRAFT_MODULES + DRAFT_FILES + DRAFT_KEEPS; i++) {
		at = ALIGN_UP(at, PAGE_SIZE);
		if (!ends_by(at, size, e->limit) || efi_map_type(m, at, size) != BOOT_MEM_FREE)
			return 0;
		if (efi_clear(d, at, size, &next))
			return at;
		at = next;
	}
	return 0;
}

/* Let firmware choose. If its choice is not usable, try free ranges ourselves. */
bool efi_allocate_ram(const struct efi *e, const struct draft *d, const struct efi_map *m,
		      uint64_t pages, uint64_t *at)
{
	const uint64_t size = pages << PAGE_SHIFT;
	const uint8_t *end = m->at + m->size;
	uint32_t tries = 0;
	uint64_t next;

	*at = e->limit - 1;
	if (efi_allocate(e, EFI_ALLOCATE_MAX, pages, at)) {
		if (efi_map_type(m, *at, size) == BOOT_MEM_FREE && efi_clear(d, *at, size, &next))
			return true;
		(void)e->boot->free_pages(*at, pages);
	}
	for (const uint8_t *p = m->at; p < end && tries < SCAN_TRIES; p += m->desc_size) {
		const struct efi_memory_descriptor *r = (const void *)p;

		if (r->type != EFI_CONVENTIONAL || r->pages < pages ||
		    !(*at = place_in(e, d, m, r->physical_start, size)))
			continue;
		tries++;
		if (efi_allocate(e, EFI_ALLOCATE_ADDRESS, pages, at))
			return true;
	}
	return false;
}
