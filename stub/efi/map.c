/* SPDX-License-Identifier: MIT */
/*
 * map.c - firmware's memory map while memory is still firmware's: what may be taken, and what a
 * range is that somebody names.
 *
 * Memory that cannot be cached, is for a special purpose or lies where our page tables do not
 * reach is never ours, whatever AllocatePages thinks. UEFI 2.10, 7.2.
 */
#include "stub/stub.h"
#include "stub/memmap.h"

#define MAP_ON_STACK	(20 * KIB)	/* holds most maps; larger ones get pages for a moment */
#define MAP_TRIES	4		/* for a large map that grows meanwhile */
#define SCAN_TRIES	16		/* ranges that are tried one by one */
#define LOW_END		MIB		/* below: what firmware and CPUs start in */

status_t efi_no_memory(const struct efi *e, uint64_t pages)
{
	efi_print(e, "stubborn: error: no memory for %llu pages", (unsigned long long)pages);
	return ERR_NO_MEMORY;
}

status_t efi_with_map(struct stub *s,
		      status_t (*use)(struct stub *s, const struct efi_map *m, void *cookie),
		      void *cookie)
{
	_Alignas(8) uint8_t buf[MAP_ON_STACK];
	const struct efi *e = &s->efi;
	struct efi_map m;
	efi_status_t status = efi_read_map(e, buf, sizeof(buf), &m);

	m.at = buf;
	if (status == EFI_SUCCESS)
		return use(s, &m, cookie);
	/* a large map: read it into pages that are given back at once */
	for (int i = 0; i < MAP_TRIES && status == EFI_BUFFER_TOO_SMALL && m.size < GIB; i++) {
		uint64_t at = 0, pages = PAGES(2 * m.size);
		status_t done = ERR_FIRMWARE;

		if (!efi_allocate(e, EFI_ALLOCATE_ANY, pages, &at))
			return efi_no_memory(e, pages);
		status = efi_read_map(e, (void *)at, pages << PAGE_SHIFT, &m);
		m.at = (void *)at;
		if (status == EFI_SUCCESS)
			done = use(s, &m, cookie);
		(void)e->boot->free_pages(at, pages);
		if (status == EFI_SUCCESS)
			return done;
	}
	efi_no_map(e, status);
	return ERR_FIRMWARE;
}

bool efi_map_free(const struct efi_map *m, uint64_t base, uint64_t size)
{
	const uint8_t *end = m->at + m->size;

	for (const uint8_t *p = m->at; p < end; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;
		const uint64_t skip = (base - d->physical_start) >> PAGE_SHIFT;

		if (base >= d->physical_start && skip < d->pages && PAGES(size) <= d->pages - skip)
			return memmap_efi_type(d->type, d->attribute) == BOOT_MEM_FREE;
	}
	return false;
}

/* Where no address was asked for firmware may say one that is no good: then look ourselves. */
bool efi_allocate_ram(const struct stub *s, const struct efi_map *m, uint64_t pages,
		      uint64_t *at)
{
	const struct efi *e = &s->efi;
	const uint64_t size = pages << PAGE_SHIFT;
	const uint8_t *end = m->at + m->size;
	uint32_t tries = 0;

	*at = e->limit - 1;
	if (efi_allocate(e, EFI_ALLOCATE_MAX, pages, at)) {
		if (efi_map_free(m, *at, size))
			return true;
		(void)e->boot->free_pages(*at, pages);
	}
	for (const uint8_t *p = m->at; p < end && tries < SCAN_TRIES; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;

		*at = ALIGN_UP(MAX(d->physical_start, LOW_END), PAGE_SIZE);
		if (d->type != EFI_CONVENTIONAL || d->pages < pages || *at >= e->limit ||
		    size > e->limit - *at || !efi_map_free(m, *at, size))
			continue;
		tries++;
		if (efi_allocate(e, EFI_ALLOCATE_ADDRESS, pages, at))
			return true;
	}
	return false;
}
