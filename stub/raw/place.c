/* SPDX-License-Identifier: MIT */
/*
 * place.c - see raw.h. Runs on the scratch after the image. There is no firmware, so vectors and
 * console are ours from the first instruction, and we cannot return.
 */
#include "stub/raw/raw.h"
#include "arch/collect.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/string.h"
#include "lib/wants.h"
#include "stub/again.h"
#include "stub/collect.h"
#include "stub/fault.h"
#include "stub/finish.h"
#include "stub/memmap.h"

#define PLACE_RANGES	(RAW_RANGES + DRAFT_MODULES + DRAFT_FILES + 1)

/*
 * The memory we run in is loader memory: RECLAIM, so the arena is not placed there, and the kernel
 * gets it later.
 */
void raw_begin(struct raw *r)
{
	const struct boot_range own = raw_own();

	r->limit = ARCH_REACH;
	r->scratch = (uint64_t)image_end;
	r->drops = 0;
	r->anywhere = r->video = false;
	r->reach = (struct reach){ 0 };
	r->lost = 0;
	r->n = r->beyond = 0;
	raw_add(r, own.base, own.size, BOOT_MEM_RECLAIM);
}

void raw_console(const struct draft *d)
{
	console_serial(&d->info.uart, 0);
}

/* Which places qualify: 2^shift bytes apart. */
struct places {
	uint64_t limit, size;
	uint32_t shift;
};

static inline uint64_t place_slots(const void *entry, const void *cookie, uint64_t *first)
{
	const struct places *p = cookie;
	const struct boot_mem *m = entry;
	const uint64_t low = MAX(m->base, ARENA_LOWEST), end = MIN(m->base + m->size, p->limit);

	if (m->type != BOOT_MEM_FREE || end <= low)
		return 0;
	return arena_slots(low, end - low, p->size, p->shift, first);
}

static uint64_t place_pick(const struct boot_mem *m, uint32_t n, const struct places *p,
			   uint64_t pick)
{
	return arena_pick(m, m + n, sizeof(*m), pick, p->shift, place_slots, p);
}

static bool place_free(const struct boot_mem *m, uint32_t n, uint64_t limit, uint64_t size,
		       uint64_t at)
{
	if (!at || !ends_by(at, size, limit))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (m[i].type == BOOT_MEM_FREE && at >= m[i].base &&
		    ends_by(at - m[i].base, size, m[i].size))
			return true;
	return false;
}

static __attribute__((noinline)) struct boot_mem *
place_busy(struct boot_mem *m, const struct boot_range *r, uint32_t type)
{
	*m = (struct boot_mem){ .base = r->base, .size = r->size, .type = type };
	return m + 1;
}

/* Normalise the current map; what must not be overwritten is then not FREE. Returns its entries. */
static uint32_t place_map(const struct draft *d, const struct raw *r, struct boot_mem *out,
			  uint32_t cap)
{
	struct boot_mem in[PLACE_RANGES];
	uint64_t keys[2 * ARRAY_SIZE(in)];
	uint32_t n = r->n + DRAFT_MODULES + d->named + 1, count;
	struct boot_mem *next = in + r->n;

	memcpy(in, r->map, r->n * sizeof(*in));
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		next = place_busy(next, &d->module[i].mem, BOOT_MEM_MODULE);
	for (uint32_t i = 0; i < d->named; i++)
		next = place_busy(next, &d->files[i].mem, BOOT_MEM_MODULE);
	place_busy(next, &d->info.fb.mem, BOOT_MEM_MMIO);
	if (memmap_normalise(in, n, keys, out, cap, &count) != OK)
		panic("memory map: too many ranges, %u", n);
	return count;
}

/*
 * A place that the live page tables map or can map (raw_reach()). If they cannot, the loader names
 * memory with more address bits than this CPU has: try below. When the tables run out this ends at
 * what has always been mapped. If there is no such place at a 2 MiB step, as in little memory, one
 * at any page: the next boot does not find its breadcrumbs. 0: none.
 */
static uint64_t place_reach(struct raw *r, const struct boot_mem *m, uint32_t n, uint64_t size,
			    uint64_t pick)
{
	struct places p = { r->limit, size, ARENA_SHIFT };
	uint64_t at;

	do {
		at = place_pick(m, n, &p, pick);
		if (!at)
			p.shift -= ARENA_SHIFT - PAGE_SHIFT;
		else if (raw_reach(r, at, size))
			return at;
		else
			p.limit = 1ull << (63 - __builtin_clzll(at));
	} while (p.shift >= PAGE_SHIFT);
	return 0;
}

void raw_place(struct draft *d, struct arena *a, struct raw *r)
{
	struct boot_mem map[2 * PLACE_RANGES];
	const enum place_kind kind = d->options.place;
	uint64_t at = d->options.place_at, size;
	uint32_t n = place_map(d, r, map, ARRAY_SIZE(map));
	const struct arena_needs needs = {
		.image = kind == PLACE_STAY ? 0 : image_size(),
		.text = draft_text(d), .kept = again_kept(&d->wants),
		.raw_map = d->info.efi_memmap.size,
		.descriptors = r->n, .named = d->named, .keeps = d->keeps,
		.stack = d->wants.stack_size,
	};

	arena_layout(a, &needs);
	size = a->all.size;
	if (kind == PLACE_FIXED) {
		if (!place_free(map, n, r->limit, size, at))
			panic("place=0x%llx: no free RAM for %llu pages there",
			      LL(at), LL(PAGES(size)));
		if (!raw_reach(r, at, size))
			panic("place=0x%llx: out of reach", LL(at));
	} else {
		at = place_reach(r, map, n, size,
				 d->have_entropy ? d->entropy[ENTROPY_PLACE] : PICK_LAST);
		if (!at)
			panic("no memory for %llu pages%s", LL(PAGES(size)),
			      raw_lost(r));
		if (d->have_entropy && kind == PLACE_RANDOM)
			d->info.flags |= BOOT_PLACE_RANDOM;
	}
	arena_settle(a, at, kind == PLACE_STAY ? (uint64_t)image_start : at);
}

_Noreturn void raw_fail(const char *why, uint64_t a)
{
	struct boot_uart uart;

	arch_collect_port(a, &uart);
	console_serial(&uart, 0);
	console_print("stubborn: error: %s\n", why);
	arch_halt();
}

static void warn_dropped(const struct raw *r)
{
	for (uint32_t i = 0; i < r->drops; i++) {
		const struct raw_drop *d = &r->drop[i];

		console_print("%.*s: warning: %s at 0x%llx, 0x%llx bytes: %s%s: ignored\n",
			      WANTS_NAME, wants_name(), d->what, LL(d->mem.base),
			      LL(d->mem.size), d->why, d->more);
	}
}

static bool place_named(const struct draft *d, struct word name)
{
	for (uint32_t i = 0; i < d->named; i++)
		if (d->files[i].name_len == name.len &&
		    !memcmp(d->files[i].name, name.text, name.len))
			return true;
	return false;
}

/* No file can be read here: the loader must have passed what the command line names. */
static void place_brought(const struct draft *d)
{
	const char *text = d->cmdline, *missing = NULL;
	struct word name;

	if (!d->module[DRAFT_INITRD].mem.size && options_next(&text, "initrd", &name))
		missing = "initrd";
	text = d->cmdline;
	while (!missing && d->options.modules && options_next(&text, "module", &name))
		if (!place_named(d, name))
			missing = "module";
	if (missing)
		panic("%s=%.*s: the loader passed none, or an empty one", missing, (int)name.len,
		      name.text);
}

/* After stub_again(): `found` and DROPPED are facts of the first run. */
static void place_cpu_state(struct boot_info *info)
{
	const uint32_t dropped = info->cpu_flags & BOOT_CPU_DROPPED;
	uint64_t found[BOOT_FOUND];

	memcpy(found, info->found, sizeof(found));
	arch_cpu_state(info);
	if (info->entry != BOOT_ENTRY_AGAIN)
		return;
	memcpy(info->found, found, sizeof(found));
	info->cpu_flags |= dropped;
}

static void place_collect(struct draft *d, struct raw *r, uint64_t a, uint64_t b)
{
	const bool again = d->info.entry == BOOT_ENTRY_AGAIN;
	const struct raw_door *door = (const struct raw_door *)b;

	raw_begin(r);
	if (again)
		r->scratch = door->scratch;
	arch_trap_install(r->scratch + RAW_TRAP_STACK);
	d->cold = arch_cold();
	if (again) {			/* the old boot_info names the port */
		door->collect(d, r, a);
	} else {
		arch_default_uart(&d->info.uart);
		raw_console(d);
		arch_collect(d->info.entry, d, r, a, b);
	}
}

/* Whether the screen is as video= asks. */
static bool place_video(const struct draft *d, const struct raw *r)
{
	const struct options *o = &d->options;
	const struct boot_fb *fb = &d->info.fb;

	if (o->video == VIDEO_SIZE)
		return fb->width == o->video_width && fb->height == o->video_height;
	return o->video == VIDEO_KEEP || r->video;
}

/* Copy firmware's map of the first boot, if an earlier run has kept it. */
static void place_efi_map(struct boot_info *info, const struct arena *arena)
{
	const struct boot_range *old = &info->efi_memmap;

	memcpy((void *)arena->efi_map.base, (const void *)old->base, old->size);
	info->efi_memmap.base = old->size ? arena->efi_map.base : 0;
}

/*
 * A loader may name memory that is not there. Where a bus ignores writes and reads zeros, the
 * rest of the boot would end silently.
 */
static bool place_holds(uint64_t at)
{
	volatile uint64_t *const word = (volatile uint64_t *)at;

	*word = ~at;
	return *word == ~at;
}

_Noreturn void raw_boot(struct draft *d, struct arena *arena, uint64_t a, uint64_t b)
{
	struct raw r;
	char why[COLLECT_WHY];
	const char *lack;

	crumb_drop(CRUMB_COLLECT);
	arch_irq_off();
	place_collect(d, &r, a, b);
	console.fb = d->info.fb;		/* for a panic; nothing is drawn yet */
	lack = arch_cpu_lacks();
	if (lack)
		panic("%s", lack);
	if (ARCH_MODES)			/* arch_cpu_lacks() has set it */
		r.limit = ARCH_REACH;
	if (collect_options(d, NO_FAULT_RAW, why) != OK)
		panic("%s", why);
	collect_console(d);
	warn_dropped(&r);
	if (!place_video(d, &r))
		console_print("%.*s: warning: video=: cannot set this mode\n", WANTS_NAME,
			      wants_name());
	place_brought(d);
	entropy_complete(d);
	place_cpu_state(&d->info);
	fault_stage(&d->options, CRUMB_PLACE);
	raw_place(d, arena, &r);
	if (d->cold)	/* lines that an earlier stage left dirty must not be evicted over it */
		arch_clean(arena->all.base, arena->all.size);
	if (!place_holds(arena->all.base))
		panic("no RAM at 0x%llx", LL(arena->all.base));
	crumb_move((struct crumbs *)arena->all.base);
	place_efi_map(&d->info, arena);
	memcpy((void *)arena->map_in, r.map, r.n * sizeof(*r.map));
	finish_boot(d, arena, NULL, r.n);
}
