/* SPDX-License-Identifier: MIT */
/*
 * again.c - leaves a running kernel, to boot it once more (include/stubborn/kernel.h).
 *
 * Runs in the kernel's regime, on its stack, which may be a trap stack: 4 KiB must suffice.
 * Everything that can be refused is refused here, while it is still possible to return. Writes
 * nothing but boot_info.kept until arch_again().
 */
#include "stub/again.h"
#include "arch/boot.h"
#include "lib/print.h"
#include "lib/string.h"
#include "stub/arena.h"
#include "stub/memmap.h"

#define LOW_END		MIB	/* below: what firmware and CPUs start in */
#define ROOM_TRIES	4096
#define SPLITS		16	/* extra ranges that stub/raw/again.c may make */

struct leave {
	const struct boot_info *bi;
	struct again *kept;
	const struct boot_mem *map;
	uint32_t n;
	struct options options;
	struct boot_range arena;	/* size, and place if the command line names it */
};

static bool apart(const struct boot_range *r, uint64_t base, uint64_t size)
{
	return r->base - base >= size && base - r->base >= r->size;
}

/*
 * The old image and handoff are needed until the jump to the new kernel, and an older image's page
 * for ever. If there is none, this is page 0, which no arena needs.
 */
static bool clear_of_us(const struct leave *l, uint64_t base, uint64_t size)
{
	const struct boot_range pinned = { l->bi->pinned, PAGE_SIZE };

	return apart(&l->bi->image, base, size) && apart(&l->bi->handoff, base, size) &&
	       apart(&pinned, base, size);
}

/* Whether all of it will be free, perhaps in several pieces. */
static bool will_be_free(const struct leave *l, uint64_t base, uint64_t size)
{
	if (!clear_of_us(l, base, size))
		return false;
	for (uint32_t i = 0; i < l->n && size; i++) {
		const struct boot_mem *m = &l->map[i];
		const uint64_t inside = base - m->base;

		if (inside >= m->size)
			continue;
		if (!again_given(m->type))
			return false;
		base += MIN(m->size - inside, size);
		size -= MIN(m->size - inside, size);
	}
	return !size;
}

static bool arena_fits_in(const struct leave *l, uint64_t base, uint64_t end)
{
	uint64_t first;

	base = MAX(base, LOW_END);
	return end > base && arena_slots(base, end - base, l->arena.size, PAGE_SHIFT, &first);
}

/* Whether the next stub will find a place for its arena if its stack is in the room at `room`. */
static bool arena_fits(const struct leave *l, uint64_t room)
{
	for (uint32_t i = 0; i < l->n; i++) {
		const struct boot_mem *m = &l->map[i];
		const uint64_t end = m->base + m->size;
		const bool here = room - m->base < m->size;

		if (memmap_given(m->type) &&
		    (arena_fits_in(l, m->base, here ? room : end) ||
		     (here && arena_fits_in(l, room + ARCH_AGAIN_ROOM, end))))
			return true;
	}
	return false;
}

static const char *check_place(struct leave *l, const struct kernel_wants *wants)
{
	const struct boot_info *bi = l->bi;
	const struct arena_needs needs = {
		.image = l->options.place == PLACE_STAY ? 0 : image_size(),
		.text = l->kept->cmdline_len + bi->file.size + bi->vendor.size + 3 +
			DRAFT_FILES * DRAFT_NAME,
		.named = DRAFT_FILES,
		.kept = bi->kept.size, .raw_map = bi->efi_memmap.size,
		.descriptors = l->n + SPLITS, .stack = wants->stack_size,
	};
	struct arena a;

	arena_layout(&a, &needs);
	l->arena.size = a.all.size;
	if (l->options.place == PLACE_FIXED) {
		l->arena.base = l->options.place_at;
		if (ends_by(l->arena.base, a.all.size, ARCH_REACH) &&
		    will_be_free(l, l->arena.base, a.all.size))
			return NULL;
		text_format(l->kept->why, COLLECT_WHY,
			    "place=0x%llx: no free RAM for %llu pages there", LL(l->arena.base),
			    LL(PAGES(a.all.size)));
		return l->kept->why;
	}
	return arena_fits(l, UINT64_MAX) ? NULL : "no memory for another arena";
}

/*
 * Find free memory for the stub's stack, from the top of each range, so that the arena still fits.
 * 0 if there is none.
 */
static uint64_t find_room(const struct leave *l)
{
	uint32_t tries = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct boot_mem *m = &l->map[i];
		uint64_t at = m->base + m->size;

		if (!memmap_given(m->type) || at > ARCH_REACH)
			continue;
		while (at - m->base >= ARCH_AGAIN_ROOM && at >= LOW_END + ARCH_AGAIN_ROOM &&
		       tries++ < ROOM_TRIES) {
			at -= ARCH_AGAIN_ROOM;
			if (clear_of_us(l, at, ARCH_AGAIN_ROOM) &&
			    (l->arena.base ? apart(&l->arena, at, ARCH_AGAIN_ROOM) :
					     arena_fits(l, at)) &&
			    arch_again_room(l->bi, at))
				return at;
		}
	}
	return 0;
}

/*
 * Whether there is a module of this kind and, unless NULL, this name. The next run finds the same.
 */
static bool has_module(const struct boot_info *bi, uint32_t kind, const struct word *name)
{
	const struct boot_module *m = (const void *)(bi->modules.base + bi->direct_map);
	const struct boot_range *n = (const void *)(bi->module_names.base + bi->direct_map);

	for (uint64_t i = 0; i < bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == kind &&
		    (!name || (bi->module_names.size && again_held(bi, &n[i], 1) &&
			       n[i].size == name->len &&
			       !memcmp((const void *)(n[i].base + bi->direct_map), name->text,
				       name->len))))
			return true;
	return false;
}

static const char *check_modules(const struct leave *l)
{
	const char *text = l->kept->cmdline;
	struct word name;

	if (l->options.initrds && !has_module(l->bi, BOOT_MODULE_INITRD, NULL))
		return "initrd=: there is none";
	while (l->options.modules && options_next(&text, "module", &name))
		if (!has_module(l->bi, BOOT_MODULE_FILE, &name))
			return "module=: there is none of that name";
	return NULL;
}

/* Parse the new command line on trial: what it asks for must be possible. */
static const char *check_wishes(struct leave *l, const char *cmdline, uint64_t size)
{
	struct boot_info info = *l->bi;
	struct kernel_wants wants;
	struct again *k = l->kept;
	const char *why;
	uint32_t n = 0;
	bool cut;

	while (cmdline && n < size && n <= CMDLINE_MAX && cmdline[n])
		n++;
	k->cmdline_len = cmdline_from_file(cmdline, n, k->cmdline, CMDLINE_MAX, &cut);
	if (cut || n > CMDLINE_MAX)
		return "the command line is too long";
	info.entry = BOOT_ENTRY_AGAIN;
	if (collect_words(&info, &wants, &l->options, k->cmdline, false, NO_FAULT_RAW,
			  k->why) != OK)
		return k->why;
	why = check_modules(l);
	return why ? why : check_place(l, &wants);
}

const char *stub_again_prepare(const struct boot_info *bi, const char *cmdline, uint64_t size)
{
	struct leave l = { .bi = bi };
	const char *why;

	if (bi->magic != BOOT_INFO_MAGIC)
		return "boot_info: wrong magic";
	why = again_check(bi, (uint64_t)bi - bi->direct_map);
	if (!why && bi->image_virt != (uint64_t)image_start)
		why = "boot_info: from another image";
	if (why)
		return why;
	l.kept = (struct again *)(bi->kept.base + bi->direct_map);
	l.map = (const struct boot_mem *)(bi->memmap.base + bi->direct_map);
	l.n = (uint32_t)(bi->memmap.size / sizeof(*l.map));
	l.kept->began = arch_counter();
	l.kept->room = 0;
	why = arch_again_check(bi);
	if (!why)
		why = check_wishes(&l, cmdline, size);
	if (why)
		return why;
	l.kept->room = find_room(&l);
	return l.kept->room ? NULL : "no memory for the stub's stack";
}

const char *stub_again_leave(const struct boot_info *bi)
{
	const struct again *kept = (const void *)(bi->kept.base + bi->direct_map);

	return bi->kept.size && kept->room ? arch_again(bi, kept->room) : "not prepared";
}

const char *stub_again(const struct boot_info *bi, const char *cmdline, uint64_t size)
{
	const char *why = stub_again_prepare(bi, cmdline, size);

	return why ? why : stub_again_leave(bi);
}
