/* SPDX-License-Identifier: MIT */
/* arena.h - the one allocation and its parts. Pure. */
#ifndef STUB_ARENA_H
#define STUB_ARENA_H
#include "lib/image.h"
#include "include/stubborn/boot_info.h"

#define ARENA_SHIFT		21			/* where there is a choice: 2 MiB steps */

/* Sizes that do not depend on the machine. */
#define ARENA_POOL		(21 * PAGE_SIZE)	/* most machines need 10 to 18 pages */
#define ARENA_TRAP_STACK	(2 * PAGE_SIZE)
#define ARENA_OWN	(3 + DRAFT_MODULES)	/* ranges: image, handoff on both sides, modules */

/* All physical. */
struct arena {
	struct boot_range all;		/* page 0: crumbs and boot_info */
	uint64_t image;			/* where link address 0 will run; all.base if moved */
	uint64_t text;			/* cmdline, file, vendor */
	struct boot_range kept;		/* struct again; size 0: none */
	uint64_t modules;		/* array of struct boot_module, then of their names */
	struct boot_range efi_map;	/* buffer for firmware's memory map */
	uint64_t desc_size;		/* size of its descriptors when it was laid out */
	uint32_t map_cap;		/* entries for which the next three have room */
	uint64_t map_in, map_keys, map_out;
	struct boot_range pool;		/* table pages */
	struct boot_range trap_stack, boot_stack;
};

/* What the arena must hold; sizes in bytes. */
struct arena_needs {
	uint64_t image;			/* 0: the image stays where it is */
	uint64_t text;
	uint64_t kept;			/* for stub_again() */
	uint64_t raw_map;		/* firmware's memory map, kept from an earlier boot */
	uint64_t descriptors;		/* number in firmware's memory map; without UEFI: ranges */
	uint64_t desc_size;		/* 0: firmware's map is not kept */
	uint32_t named;			/* modules that have names */
	uint32_t keeps;			/* ranges that a device tree reserves */
	uint64_t stack;			/* whole pages */
};

/* Lay out the arena's parts from address 0. */
void arena_layout(struct arena *a, const struct arena_needs *needs);

/*
 * How many times `size` bytes fit at steps of 2^shift into the `room` bytes at `base`. *first is
 * the first such address.
 */
uint64_t arena_slots(uint64_t base, uint64_t room, uint64_t size, uint32_t shift, uint64_t *first);

/*
 * Number the places in the entries (`step` bytes each, from `at` to `end`) and return the one with
 * number `pick` modulo their count, or 0 if there is none. slots() returns how many places an entry
 * has, 2^shift bytes apart, and the first of them. PICK_LAST is the last place. Inlined so that
 * slots() is too, as a map may be long.
 */
#define PICK_LAST	UINT64_MAX
static inline __attribute__((always_inline)) uint64_t
arena_pick(const void *at, const void *end, uint64_t step, uint64_t pick, uint32_t shift,
	   uint64_t (*slots)(const void *entry, const void *cookie, uint64_t *first),
	   const void *cookie)
{
	uint64_t total = 0, first;

	for (bool counting = true;; counting = false) {
		for (const uint8_t *p = at; p < (const uint8_t *)end; p += step) {
			const uint64_t n = slots(p, cookie, &first);

			if (!n)
				continue;
			if (counting)
				total += n;
			else if (pick < n)
				return first + (pick << shift);
			else
				pick -= n;
		}
		if (!total || !counting)
			return 0;
		pick = pick == PICK_LAST ? total - 1 : pick % total;
	}
}

/* The arena is never below this: firmware and CPUs start there. */
#define ARENA_LOWEST	MIB

/* Move the layout, made for base 0, to `base`. `image`: where link address 0 will run. */
void arena_settle(struct arena *a, uint64_t base, uint64_t image);
#endif
