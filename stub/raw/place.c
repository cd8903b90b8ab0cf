/* SPDX-License-Identifier: MIT */
/*
 * place.c - see raw.h. Runs on the scratch behind the image, from its first instruction on
 * without anybody below us: our vectors, our console, no return.
 */
#include "stub/raw/raw.h"
#include "lib/console/console.h"
#include "lib/string.h"
#include "lib/wants.h"
#include "stub/collect.h"
#include "stub/fault.h"
#include "stub/finish.h"
#include "stub/memmap.h"

#define SEED_MAX	512	/* nobody passes more; a size that is nonsense wipes no more */
#define LOW_END		MIB	/* below: what firmware and CPUs start in */
#define PICK_LAST	UINT64_MAX

/* There is no firmware to leave, and what comes before has happened when the wish is read. */
#define NO_FAULT	(1u << CRUMB_ENTRY | 1u << CRUMB_COLLECT | 1u << CRUMB_EXIT)

/*
 * Where we run now is what loaders call their own: the kernel's after the handoff, and so
 * nothing that the arena may be put into.
 */
void raw_begin(struct raw *r)
{
	r->limit = ARCH_REACH;
	r->drops = 0;
	r->reach = (struct reach){ 0 };
	r->lost = 0;
	r->n = r->named = 0;
	raw_add(r, (uint64_t)image_text, (uint64_t)image_end + RAW_SCRATCH - (uint64_t)image_text,
		BOOT_MEM_RECLAIM);
}

void raw_console(struct stub *s)
{
	console_serial(&s->draft.info.uart, 0);
}

/* Every bit of x reaches every bit of the result: the finaliser of MurmurHash3, 64 bits. */
static uint64_t entropy_mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
	return x ^ x >> 33;
}

/*
 * Not a few bytes again and again: zeros are what is left of a seed that was wiped after use, ones
 * what a loader got from a generator that is stuck.
 */
static bool seed_sound(const uint8_t *p, uint32_t size)
{
	if (size < 2)
		return size && p[0] && p[0] != UINT8_MAX;
	for (uint32_t period = 1; period <= size / 2; period++)
		if (!memcmp(p, p + period, size - period))
			return false;
	return true;
}

/*
 * Each word depends on the whole seed, and differently. It does not have to be a cryptographic
 * hash: whoever learns the places learns some twenty bits.
 */
void raw_entropy(struct stub *s, const void *seed, uint32_t size)
{
	struct draft *d = &s->draft;
	const uint8_t *p = seed;

	if (!seed_sound(seed, size))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++) {
		uint64_t word = d->entropy[i] + i;

		for (uint32_t k = 0; k < size; k++) {
			word = (word << 8 | word >> 56) ^ p[k];
			if (k % 8 == 7 || k + 1 == size)
				word = entropy_mix(word);
		}
		d->entropy[i] = word;
	}
	d->have_entropy = true;
	d->info.seed_len = MIN((uint32_t)sizeof(d->info.seed), d->info.seed_len + size);
}

void raw_seed(struct stub *s, void *seed, uint32_t size)
{
	size = MIN(size, SEED_MAX);
	raw_entropy(s, seed, size);
	memset(seed, 0, size);
	arch_clean((uint64_t)seed, size);	/* a cache may still know it */
}

/* The slot number `pick` modulo their number among the FREE ranges; 0 if there is none. */
static uint64_t place_pick(const struct boot_mem *m, uint32_t n, uint64_t limit, uint64_t size,
			   uint64_t pick)
{
	uint64_t total = 0, first;

	for (bool counting = true;; counting = false) {
		for (uint32_t i = 0; i < n; i++) {
			uint64_t slots, low = MAX(m[i].base, LOW_END);
			uint64_t end = MIN(m[i].base + m[i].size, limit);

			if (m[i].type != BOOT_MEM_FREE || end <= low)
				continue;
			slots = arena_slots(low, end - low, size, &first);
			if (counting)
				total += slots;
			else if (pick < slots)
				return first + pick * 2 * MIB;
			else
				pick -= slots;
		}
		if (!total || !counting)
			return 0;
		pick = pick == PICK_LAST ? total - 1 : pick % total;
	}
}

static bool place_free(const struct boot_mem *m, uint32_t n, uint64_t limit, uint64_t size,
		       uint64_t at)
{
	if (!at || at >= limit || size > limit - at)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (m[i].type == BOOT_MEM_FREE && at >= m[i].base &&
		    at - m[i].base < m[i].size && size <= m[i].size - (at - m[i].base))
			return true;
	return false;
}

/* Memory as it is now, all that must not be written taken out; its number of entries. */
static uint32_t place_map(const struct stub *s, const struct raw *r, struct boot_mem *out,
			  uint32_t cap)
{
	struct boot_mem in[RAW_RANGES + DRAFT_MODULES + 1];
	uint64_t keys[2 * ARRAY_SIZE(in)];
	uint32_t n = r->n, count;

	memcpy(in, r->map, n * sizeof(*in));
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		in[n++] = (struct boot_mem){
			.base = s->draft.module[i].mem.base, .size = s->draft.module[i].mem.size,
			.type = BOOT_MEM_MODULE,
		};
	in[n++] = (struct boot_mem){
		.base = s->draft.info.fb.mem.base, .size = s->draft.info.fb.mem.size,
		.type = BOOT_MEM_MMIO,
	};
	if (memmap_normalise(in, n, keys, out, cap, &count) != OK)
		panic("memory map: %u ranges are too many", n);
	return count;
}

/*
 * A slot that the tables in force map, or come to map (raw_reach()). If they cannot, what is said
 * to be memory has more bits than this CPU's addresses: what is below may be some. Tables that
 * are used up end at what has always been mapped. 0: none.
 */
static uint64_t place_reach(struct raw *r, const struct boot_mem *m, uint32_t n, uint64_t size,
			    uint64_t pick)
{
	uint64_t limit = r->limit, at = place_pick(m, n, limit, size, pick);

	while (at && !raw_reach(r, at, size)) {
		limit = 1ull << (63 - __builtin_clzll(at));
		at = place_pick(m, n, limit, size, pick);
	}
	return at;
}

void raw_place(struct stub *s, struct raw *r)
{
	struct boot_mem map[2 * (RAW_RANGES + DRAFT_MODULES + 1)];
	struct draft *d = &s->draft;
	const enum place_kind kind = d->options.place;
	uint64_t at = d->options.place_at, size;
	uint32_t n = place_map(s, r, map, ARRAY_SIZE(map));
	const struct arena_needs needs = {
		.image = kind == PLACE_STAY ? 0 : image_size(),
		.text = draft_text(d), .descriptors = r->n, .keeps = d->keeps,
		.stack = s->wants.stack_size,
	};

	arena_layout(&s->arena, &needs);
	size = s->arena.all.size;
	if (kind == PLACE_FIXED) {
		if (!place_free(map, n, r->limit, size, at))
			panic("place=0x%llx: no free RAM for %llu pages there",
			      (unsigned long long)at, (unsigned long long)PAGES(size));
		if (!raw_reach(r, at, size))
			panic("place=0x%llx: not within reach", (unsigned long long)at);
	} else {
		at = place_reach(r, map, n, size,
				 d->have_entropy ? d->entropy[ENTROPY_PLACE] : PICK_LAST);
		if (!at)
			panic("no memory for %llu pages%s", (unsigned long long)PAGES(size),
			      raw_lost(r));
		if (d->have_entropy && kind == PLACE_RANDOM)
			d->info.flags |= BOOT_PLACE_RANDOM;
	}
	arena_settle(&s->arena, at, kind == PLACE_STAY ? (uint64_t)image_start : at);
}

_Noreturn void stub_fail(const char *why, uint64_t a)
{
	struct boot_uart uart;

	raw_port(a, &uart);
	console_serial(&uart, 0);
	console_print("stubborn: error: %s\n", why);
	arch_halt();
}

static void say_dropped(const struct raw *r)
{
	for (uint32_t i = 0; i < r->drops; i++) {
		const struct raw_drop *d = &r->drop[i];

		console_print("%.*s: warning: %s at 0x%llx, 0x%llx bytes: %s%s: ignored\n",
			      WANTS_NAME, wants_name(), d->what, (unsigned long long)d->mem.base,
			      (unsigned long long)d->mem.size, d->why, d->more);
	}
}

_Noreturn void boot_from_raw(struct stub *s, uint64_t a, uint64_t b)
{
	struct raw r;
	char why[COLLECT_WHY];
	const char *lack;

	crumb_drop(CRUMB_COLLECT);
	arch_irq_off();
	arch_trap_install((uint64_t)image_end + RAW_TRAP_STACK, false);
	arch_default_uart(&s->draft.info.uart);
	raw_console(s);
	s->cold = arch_cold();
	raw_begin(&r);
	raw_collect(s, &r, a, b);
	console.fb = s->draft.info.fb;		/* for a panic; nobody draws on it yet */
	lack = arch_cpu_lacks();
	if (lack)
		panic("%s", lack);
	if (collect_options(s, NO_FAULT, why) != OK)
		panic("%s", why);
	collect_console(s);
	say_dropped(&r);
	if (s->draft.options.initrd && !s->draft.module[DRAFT_INITRD].mem.size)
		panic("initrd=%.*s: no loader has brought it", (int)s->draft.options.initrd_len,
		      s->draft.options.initrd);
	entropy_complete(&s->draft);
	arch_cpu_state(&s->draft.info);
	fault_stage(s, CRUMB_PLACE);
	raw_place(s, &r);
	if (s->cold)	/* a line that an earlier stage left dirty must not land on it later */
		arch_clean(s->arena.all.base, s->arena.all.size);
	crumb_move((struct crumbs *)s->arena.all.base);
	memcpy((void *)s->arena.map_in, r.map, r.n * sizeof(*r.map));
	finish_boot(s, r.n);
}
