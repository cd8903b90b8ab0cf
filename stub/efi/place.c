/* SPDX-License-Identifier: MIT */
/*
 * place.c - the one allocation: its size and its place.
 *
 * Reads firmware's map once to count the places where the arena fits, at 2 MiB steps, and picks
 * one. If it is refused, tries others, then anywhere; but an address that the user has given is not
 * replaced. UEFI 2.10, 7.2.
 */
#include "stub/efi/efi.h"
#include "lib/crumb.h"
#include "lib/image.h"
#include "stub/again.h"
#include "stub/memmap.h"

#define SLACK_MIN	448		/* descriptors added before firmware is left: 7 x 64 */
#define SLACK_SHARE	8		/* and an eighth of a large map */
#define RANDOM_TRIES	4
#define MAP_ENTRIES	(MEMMAP_MAX - ARENA_OWN - DRAFT_FILES - DRAFT_KEEPS)	/* of firmware's */

/* Which places qualify. */
struct places {
	uint64_t limit, size, pages;
};

static inline uint64_t place_slots(const void *entry, const void *cookie, uint64_t *first)
{
	const struct efi_memory_descriptor *d = entry;
	const struct places *p = cookie;
	uint64_t base, end, room;

	if (d->type != EFI_CONVENTIONAL || d->pages < p->pages ||
	    memmap_efi_type(d->type, d->attribute) != BOOT_MEM_FREE)
		return 0;
	base = MAX(d->physical_start, ARENA_LOWEST);
	room = d->pages << PAGE_SHIFT;
	if (d->pages > UINT64_MAX >> PAGE_SHIFT || room > UINT64_MAX - d->physical_start)
		return 0;
	end = MIN(d->physical_start + room, p->limit);
	return end > base ? arena_slots(base, end - base, p->size, ARENA_SHIFT, first) : 0;
}

static uint64_t place_pick(const struct efi_map *m, uint64_t limit, uint64_t size, uint64_t pick)
{
	const struct places p = { limit, size, PAGES(size) };

	return arena_pick(m->at, m->at + m->size, m->desc_size, pick, ARENA_SHIFT,
			  place_slots, &p);
}

static bool place_take(struct efi *e, const struct draft *d, uint64_t pages, uint64_t *at)
{
	uint64_t next;

	if (!efi_clear(d, *at, pages << PAGE_SHIFT, &next) ||
	    !efi_allocate(e, EFI_ALLOCATE_ADDRESS, pages, at))
		return false;
	e->arena_pages = pages;
	return true;
}

static status_t place_allocate(struct efi *e, struct draft *d, struct arena *a,
			       const struct efi_map *m)
{
	const bool fixed = d->options.place == PLACE_FIXED;
	const uint64_t pages = PAGES(a->all.size);
	uint64_t at = d->options.place_at;

	d->info.flags &= ~BOOT_PLACE_RANDOM;
	if (fixed) {
		if (at < e->limit && pages << PAGE_SHIFT <= e->limit - at &&
		    efi_map_type(m, at, pages << PAGE_SHIFT) == BOOT_MEM_FREE &&
		    place_take(e, d, pages, &at))
			goto taken;
		efi_print(e,
			  "error: place=0x%llx: no free RAM for %llu pages there",
			  LL(at), LL(pages));
		return ERR_NO_MEMORY;
	}
	for (uint32_t i = 0; i < RANDOM_TRIES; i++) {
		uint64_t pick = d->have_entropy ? d->entropy[ENTROPY_PLACE + i] : PICK_LAST - 1 - i;

		at = place_pick(m, e->limit, a->all.size, pick);
		if (at && place_take(e, d, pages, &at)) {
			if (d->have_entropy && d->options.place == PLACE_RANDOM)
				d->info.flags |= BOOT_PLACE_RANDOM;
			goto taken;
		}
	}
	if (!efi_allocate_ram(e, d, m, pages, &at))
		return efi_no_memory(e, pages);
	e->arena_pages = pages;
taken:
	arena_settle(a, at,
		     d->options.place == PLACE_STAY ? (uint64_t)image_start : at);
	return OK;
}

/* What place_with_map() works on. */
struct place {
	struct efi *efi;
	struct draft *draft;
	struct arena *arena;
};

static status_t place_with_map(const struct efi_map *m, void *cookie)
{
	const struct place *p = cookie;
	struct efi *e = p->efi;
	struct draft *d = p->draft;
	struct arena *a = p->arena;
	const bool stay = d->options.place == PLACE_STAY;
	struct arena_needs needs = { .desc_size = m->desc_size };
	uint64_t n = m->size / m->desc_size;

	if (stay && !efi_map_ours(m, image_size())) {
		efi_print(e, "error: place=stay: only part of the image is allocated");
		return ERR_NO_MEMORY;
	}
	if (n > MAP_ENTRIES) {
		efi_print(e, "error: memory map: too many ranges, %u", (uint32_t)n);
		return ERR_FIRMWARE;
	}
	n += MAX(e->slack, SLACK_MIN + n / SLACK_SHARE);
	n = MIN(n, MAP_ENTRIES);
	needs.image = stay ? 0 : image_size();
	needs.text = draft_text(d);
	needs.kept = again_kept(&d->wants);
	needs.descriptors = n;
	needs.named = d->named;
	needs.keeps = d->keeps;
	needs.stack = d->wants.stack_size;
	arena_layout(a, &needs);
	TRY(place_allocate(e, d, a, m));
	crumb_move((struct crumbs *)a->all.base);
	if (d->options.debug)	/* tells a debugger where code and breadcrumbs are */
		efi_print(e, "debug: image 0x%llx arena 0x%llx loaded 0x%llx",
			  LL(a->image), LL(a->all.base), LL(image_start));
	return OK;
}

status_t efi_place(struct efi *e, struct draft *d, struct arena *a)
{
	struct place p = { e, d, a };

	return efi_with_map(e, place_with_map, &p);
}

void efi_release(struct efi *e, const struct arena *a)
{
	if (!e->arena_pages)
		return;
	crumb_move(NULL);
	(void)e->boot->free_pages(a->all.base, e->arena_pages);
	e->arena_pages = 0;
}
