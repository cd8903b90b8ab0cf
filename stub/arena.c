/* SPDX-License-Identifier: MIT */
/*
 * arena.c - the layout of the one allocation. Pure.
 *
 * Page 0 holds the breadcrumbs and boot_info. The copy of the image, if there is one, has its link
 * address 0 there too, so its text begins in page 1. The page below each stack is left unmapped.
 */
#include "stub/arena.h"
#include "stub/draft.h"

static uint64_t arena_take(uint64_t *at, uint64_t size, uint64_t align)
{
	uint64_t base = ALIGN_UP(*at, align);

	*at = base + size;
	return base;
}

uint64_t arena_slots(uint64_t base, uint64_t room, uint64_t size, uint32_t shift, uint64_t *first)
{
	const uint64_t skip = -base & ((1ull << shift) - 1);

	*first = base + skip;
	if (*first < base || !ends_by(skip, size, room))
		return 0;
	return ((room - skip - size) >> shift) + 1;
}

void arena_layout(struct arena *a, const struct arena_needs *needs)
{
	const uint64_t n = needs->descriptors, desc = needs->desc_size;
	uint64_t at = MAX(needs->image, PAGE_SIZE);

	a->map_cap = (uint32_t)n + ARENA_OWN + needs->keeps + needs->named;
	a->desc_size = desc;
	a->all.base = a->image = 0;
	a->modules = arena_take(&at, (DRAFT_MODULES + needs->named) *
				(sizeof(struct boot_module) + sizeof(struct boot_range)), 8);
	a->text = arena_take(&at, needs->text, 8);
	a->kept = (struct boot_range){ arena_take(&at, needs->kept, 8), needs->kept };
	a->efi_map.size = n * desc + needs->raw_map;
	a->efi_map.base = arena_take(&at, a->efi_map.size, 8);
	a->map_in = arena_take(&at, a->map_cap * sizeof(struct boot_mem), 8);
	a->map_keys = arena_take(&at, 2ull * a->map_cap * sizeof(uint64_t), 8);
	a->map_out = arena_take(&at, 2ull * a->map_cap * sizeof(struct boot_mem), 8);
	a->pool.size = ARENA_POOL + image_size() / (2 * MIB) * PAGE_SIZE; /* for small pages */
	a->pool.base = arena_take(&at, a->pool.size, PAGE_SIZE);
	at += PAGE_SIZE;
	a->trap_stack = (struct boot_range){ at, ARENA_TRAP_STACK };
	at += ARENA_TRAP_STACK + PAGE_SIZE;
	a->boot_stack = (struct boot_range){ at, needs->stack };
	a->all.size = at + needs->stack;
}

void arena_settle(struct arena *a, uint64_t base, uint64_t image)
{
	a->image = image;
	a->all.base = base;
	a->modules += base;
	a->text += base;
	a->kept.base += base;
	a->efi_map.base += base;
	a->map_in += base;
	a->map_keys += base;
	a->map_out += base;
	a->pool.base += base;
	a->trap_stack.base += base;
	a->boot_stack.base += base;
}
