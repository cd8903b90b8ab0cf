/* SPDX-License-Identifier: MIT */
/*
 * efi_place.c - the one allocation: how large, and where.
 *
 * Reads firmware's map once to count the places where the arena fits at 2 MiB steps and
 * to pick one. A refused address is tried again elsewhere, then anywhere; only a place
 * that the user named is not replaced. UEFI 2.10, 7.2.
 */
#include "stub/stub.h"
#include "lib/image.h"
#include "stub/memmap.h"

#define MAP_ON_STACK	(20 * KIB)	/* holds most maps; larger ones get pages for a moment */
#define SLACK_MIN	448		/* descriptors: seven times 64 before firmware is left */
#define SLACK_SHARE	8		/* and an eighth of a large one */
#define RANDOM_TRIES	4
#define MAP_TRIES	4		/* for a large map that grows meanwhile */
#define MAP_ENTRIES	(MEMMAP_MAX - 16)	/* ours come on top */
#define LOW_END		MIB		/* below: what firmware and CPUs start in */

/* Number of 2 MiB aligned places for `size` bytes in d, the first of them in *first. */
static uint64_t place_slots(const struct efi_memory_descriptor *d, uint64_t limit, uint64_t size,
			    uint64_t *first)
{
	uint64_t base = MAX(d->physical_start, LOW_END), end, room = d->pages << PAGE_SHIFT;

	if (d->attribute & EFI_MEMORY_SP || d->pages > UINT64_MAX >> PAGE_SHIFT ||
	    room > UINT64_MAX - d->physical_start)
		return 0;
	end = MIN(d->physical_start + room, limit);
	return end > base ? arena_slots(base, end - base, size, first) : 0;
}

/* The place number `pick` modulo their number; 0 if there is none. */
static uint64_t place_pick(const struct stub *s, const void *map, const struct efi_map *m,
			   uint64_t pick)
{
	const uint64_t size = s->arena.all.size;
	const uint8_t *end = (const uint8_t *)map + m->size;
	uint64_t total = 0, first;

	for (bool counting = true;; counting = false) {
		for (const uint8_t *p = map; p < end; p += m->desc_size) {
			const struct efi_memory_descriptor *d = (const void *)p;
			uint64_t n;

			if (d->type != EFI_CONVENTIONAL || d->pages < PAGES(size))
				continue;
			n = place_slots(d, s->efi.limit, size, &first);
			if (counting)
				total += n;
			else if (pick < n)
				return first + pick * 2 * MIB;
			else
				pick -= n;
		}
		if (!total || !counting)
			return 0;
		pick %= total;
	}
}

static bool place_take(struct efi *e, uint32_t how, uint64_t pages, uint64_t *at)
{
	if (how == EFI_ALLOCATE_ADDRESS && *at >= e->limit)
		return false;
	if (!efi_allocate(e, how, pages, at))
		return false;
	e->arena_pages = pages;
	return true;
}

/* Whether the loader really gave us all of the image, .bss included (some do not, Q-16). */
static bool place_owned(const void *map, const struct efi_map *m)
{
	const uint8_t *end = (const uint8_t *)map + m->size;
	const uint64_t base = (uint64_t)image_start, size = image_size();

	for (const uint8_t *p = map; p < end; p += m->desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;

		if ((d->type == EFI_LOADER_CODE || d->type == EFI_LOADER_DATA) &&
		    base >= d->physical_start &&
		    base - d->physical_start < d->pages << PAGE_SHIFT &&
		    size <= (d->pages << PAGE_SHIFT) - (base - d->physical_start))
			return true;
	}
	return false;
}

static status_t place_refused(const struct efi *e, uint64_t pages)
{
	efi_print(e, "stubborn: error: no memory for %llu pages", (unsigned long long)pages);
	return ERR_NO_MEMORY;
}

static status_t place_allocate(struct stub *s, const void *map, const struct efi_map *m)
{
	struct draft *d = &s->draft;
	const bool fixed = d->options.place == PLACE_FIXED;
	const uint64_t pages = PAGES(s->arena.all.size);
	uint64_t at = d->options.place_at;

	d->info.flags &= ~BOOT_PLACE_RANDOM;
	if (fixed) {
		if (place_take(&s->efi, EFI_ALLOCATE_ADDRESS, pages, &at))
			goto taken;
		efi_print(&s->efi,
			  "stubborn: error: place=0x%llx: no free RAM for %llu pages there",
			  (unsigned long long)at, (unsigned long long)pages);
		return ERR_NO_MEMORY;
	}
	for (uint32_t i = 0; i < RANDOM_TRIES; i++) {
		uint64_t pick = d->have_entropy ? d->entropy[ENTROPY_PLACE + i] : UINT64_MAX - i;

		at = place_pick(s, map, m, pick);
		if (at && place_take(&s->efi, EFI_ALLOCATE_ADDRESS, pages, &at)) {
			if (d->have_entropy && d->options.place == PLACE_RANDOM)
				d->info.flags |= BOOT_PLACE_RANDOM;
			goto taken;
		}
	}
	if (place_take(&s->efi, EFI_ALLOCATE_ANY, pages, &at))
		goto taken;
	return place_refused(&s->efi, pages);
taken:
	arena_settle(&s->arena, at,
		     d->options.place == PLACE_STAY ? (uint64_t)image_start : at);
	return OK;
}

static status_t place_with_map(struct stub *s, const void *map, const struct efi_map *m)
{
	const struct draft *d = &s->draft;
	const bool stay = d->options.place == PLACE_STAY;
	uint64_t n = m->size / m->desc_size;

	if (stay && !place_owned(map, m)) {
		efi_print(&s->efi,
			  "stubborn: error: place=stay: the loader gave the image no room");
		return ERR_NO_MEMORY;
	}
	if (n > MAP_ENTRIES) {
		efi_print(&s->efi, "stubborn: error: the memory map has %llu entries",
			  (unsigned long long)n);
		return ERR_FIRMWARE;
	}
	n += MAX(s->efi.slack, SLACK_MIN + n / SLACK_SHARE);
	n = MIN(n, MAP_ENTRIES);
	arena_layout(&s->arena, stay ? 0 : image_size(),
		     d->cmdline_len + d->file_len + d->vendor_len + 3, n, m->desc_size);
	TRY(place_allocate(s, map, m));
	crumb_move((struct crumbs *)s->arena.all.base);
	if (d->options.debug)	/* where a debugger finds the code and the breadcrumbs */
		efi_print(&s->efi, "stubborn: debug: image 0x%llx arena 0x%llx loaded 0x%llx",
			  (unsigned long long)s->arena.image, (unsigned long long)s->arena.all.base,
			  (unsigned long long)image_start);
	return OK;
}

void efi_no_map(const struct efi *e, efi_status_t status)
{
	efi_print(e, "stubborn: error: firmware gives no memory map (status 0x%llx)",
		  (unsigned long long)status);
}

status_t efi_place(struct stub *s)
{
	_Alignas(8) uint8_t buf[MAP_ON_STACK];
	struct efi *e = &s->efi;
	struct efi_map m;
	efi_status_t status = efi_read_map(e, buf, sizeof(buf), &m);

	if (status == EFI_SUCCESS)
		return place_with_map(s, buf, &m);
	/* a large map: read it into pages that are given back at once */
	for (int i = 0; i < MAP_TRIES && status == EFI_BUFFER_TOO_SMALL && m.size < GIB; i++) {
		uint64_t at = 0, pages = PAGES(2 * m.size);
		status_t done = ERR_FIRMWARE;

		if (!efi_allocate(e, EFI_ALLOCATE_ANY, pages, &at))
			return place_refused(e, pages);
		status = efi_read_map(e, (void *)at, pages << PAGE_SHIFT, &m);
		if (status == EFI_SUCCESS)
			done = place_with_map(s, (void *)at, &m);
		(void)e->boot->free_pages(at, pages);
		if (status == EFI_SUCCESS)
			return done;
	}
	efi_no_map(e, status);
	return ERR_FIRMWARE;
}

void efi_release(struct stub *s)
{
	struct efi *e = &s->efi;

	if (!e->arena_pages)
		return;
	crumb_move(NULL);
	(void)e->boot->free_pages(s->arena.all.base, e->arena_pages);
	e->arena_pages = 0;
}
