/* SPDX-License-Identifier: MIT */
/*
 * fuzz_area.c - guarded memory and windows: whatever is asked for, pieces do not overlap, a window
 * shows the memory that was asked for and only with attributes that it may have, and what is freed
 * is unmapped and its pages are freed. Freeing anything else is refused.
 *
 * Input: how much memory there is and when mapping fails, the memory map, then calls.
 */
#include <setjmp.h>
#include <sys/mman.h>
#include "tests/host/fuzz/fuzz.h"
#include "kernel/mm/space.h"
#include "stub/memmap.h"

#undef SPACE_AREA
#define SPACE_AREA	0x200000000000ull	/* where the host has nothing */
#include "kernel/mm/area.c"
#include "kernel/mm/windows.c"

#define AREA_END	(SPACE_AREA + SPACE_AREA_SIZE)
#define RANGES		12
#define MAPPINGS	256
#define PAGES_HERE	100
#define PAGE_AT(i)	(0x100000 + (i) * PAGE_SIZE)	/* memory that page_alloc() gives */
#define HELD		12
#define CALLS		60

static struct boot_mem map[2 * RANGES];
static uint32_t entries;

static struct mapping {
	uint64_t va, pa, size;
	enum arch_perm perm;
} mapping[MAPPINGS];
static uint32_t mappings, words;	/* words: pages of them among the mappings */

static uint8_t given[PAGES_HERE];
static uint32_t limit, in_use, fails;
static jmp_buf panicked;
static bool panic_wanted, failed;

/* ---- what area.c and windows.c call ---- */

/* There is nothing to read in a window. */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct boot_range *r = arg;

	CHECK(fn && out && r->size);
	return r->base / PAGE_SIZE % 8 != 7;
}

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	CHECK(!order && !(flags & ~PAGE_ZERO));
	for (uint32_t i = 0; i < limit; i++)
		if (!given[i]) {
			given[i] = 1;
			in_use++;
			return PAGE_AT(i);
		}
	return 0;
}

void page_free(uint64_t pa, uint32_t order)
{
	const uint64_t i = (pa - PAGE_AT(0)) / PAGE_SIZE;

	CHECK(!order && i < PAGES_HERE && given[i]);
	for (uint32_t j = 0; j < mappings; j++)
		CHECK(mapping[j].pa != pa || mapping[j].perm != ARCH_RW);
	given[i] = 0;
	in_use--;
}

static struct mapping *mapping_at(uint64_t va, uint64_t size)
{
	for (uint32_t i = 0; i < mappings; i++)
		if (mapping[i].va < va + size && va < mapping[i].va + mapping[i].size)
			return &mapping[i];
	return NULL;
}

status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	CHECK(size && !((va | pa | size) % PAGE_SIZE) && !mapping_at(va, size));
	CHECK(va >= SPACE_AREA && va < AREA_END && size <= AREA_END - va);
	CHECK(perm == ARCH_RW || perm == ARCH_RO || perm == ARCH_IO || perm == ARCH_WC);
	failed = fails && !--fails;
	if (pa >= ARCH_REACH || mappings == MAPPINGS || failed)
		return ERR_NO_MEMORY;
	mapping[mappings++] = (struct mapping){ va, pa, size, perm };
	if (va < SLOTS) {
		CHECK(va >= WORDS && va < WORDS + CLASSES * CLASS_WORDS);
		CHECK(size == PAGE_SIZE && perm == ARCH_RW);
		CHECK(mmap((void *)va, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
			   MAP_FIXED_NOREPLACE, -1, 0) == (void *)va);
		words++;
	}
	return OK;
}

/* Pages one by one, or a whole window. */
status_t space_unmap(uint64_t va, uint64_t size)
{
	CHECK(va >= SLOTS && size);		/* it refuses nothing at all */
	for (uint64_t at = va; at < va + size;) {
		struct mapping *m = mapping_at(at, 1);

		CHECK(m && m->va == at && m->size <= va + size - at);
		at += m->size;
		*m = mapping[--mappings];
	}
	return OK;
}

bool space_find(uint64_t va, struct arch_leaf *out)
{
	const struct mapping *m = mapping_at(va, 1);

	if (m)
		*out = (struct arch_leaf){ .va = m->va, .pa = m->pa, .size = m->size };
	return m;
}

void *space_ram(uint64_t pa)
{
	return pa == (uint64_t)map ? map : (void *)(pa + SPACE_AREA - GIB);
}

_Noreturn void panic(const char *fmt, ...)
{
	(void)fmt;
	CHECK(panic_wanted);
	panic_wanted = false;
	longjmp(panicked, 1);
}

/* ---- the model ---- */

static struct piece {
	char *p;			/* NULL: none */
	uint64_t pages;
	bool window;
} held[HELD];

/* A bit for each type in the range; bit 0: part of it is in no entry. */
static uint32_t types_model(uint64_t base, uint64_t size)
{
	uint64_t covered = 0;
	uint32_t types = 0;

	for (uint32_t i = 0; i < entries; i++) {
		const uint64_t from = MAX(base, map[i].base);
		const uint64_t to = MIN(base + size, map[i].base + map[i].size);

		if (from >= to)
			continue;
		covered += to - from;
		types |= 1u << map[i].type;
	}
	return covered == size ? types : types | 1;
}

/* How a window may be mapped, as a set of bits; 0: not at all. */
static uint32_t perms_model(uint64_t base, uint64_t size, enum arch_perm want)
{
	const uint32_t device = 1u << BOOT_MEM_MMIO | 1u << BOOT_MEM_RESERVED | 1;
	const uint32_t types = types_model(base, size);

	if (want == ARCH_IO || want == ARCH_WC)
		return types & ~device ? 0 : 1u << want;
	if (want != ARCH_RO)
		return 0;
	return !(types & ~TYPES_RAM) ? 1u << ARCH_RO : types & TYPES_RAM ? 0 : 1u << ARCH_IO;
}

static bool refused(void (*fn)(void *), void *p)
{
	panic_wanted = true;
	if (setjmp(panicked))
		return true;
	fn(p);
	panic_wanted = false;
	return false;
}

static void window_end(void *p)
{
	window_unmap(p);
}

/* The piece's pages are mapped; those before and after it are not. */
static void piece_check(const struct piece *h)
{
	const uint64_t va = ALIGN_DOWN((uint64_t)h->p, PAGE_SIZE);

	CHECK(va >= SLOTS && !mapping_at(va - PAGE_SIZE, PAGE_SIZE));
	CHECK(!mapping_at(va + h->pages * PAGE_SIZE, PAGE_SIZE));
	for (uint64_t i = 0; i < h->pages; i += MAX(h->pages / 8, 1))
		CHECK(mapping_at(va + i * PAGE_SIZE, 1));
	CHECK(vm_size(h->p) == (h->window ? 0 : h->pages * PAGE_SIZE));
	CHECK(!vm_size(h->p + 1) && !vm_size(h->p + PAGE_SIZE) && !vm_size(h->p - PAGE_SIZE));
}

static void piece_free(struct piece *h)
{
	char *p = h->p;

	if (!p)
		return;
	CHECK(refused(h->window ? vm_free : window_end, p));
	CHECK(refused(vm_free, p + 1) && refused(vm_free, p + h->pages * PAGE_SIZE));
	(h->window ? window_end : vm_free)(p);
	h->p = NULL;
	CHECK(!mapping_at(ALIGN_DOWN((uint64_t)p, PAGE_SIZE), h->pages * PAGE_SIZE));
	CHECK(refused(vm_free, p) && refused(window_end, p) && !vm_size(p));
}

/* An address near an end of an entry of the map, or any. */
static uint64_t address(struct feed *f)
{
	const uint32_t how = (uint32_t)feed_number(f, 1);
	const struct boot_mem *m = &map[how / 4 % MAX(entries, 1)];

	if (how % 4 < 2 && entries)
		return m->base + (how % 4 ? m->size : 0) +
		       (uint64_t)((int64_t)(int8_t)feed_number(f, 1) * 0x200);
	return how % 4 == 2 ? feed_number(f, 3) << 4 : feed_number(f, 8);
}

static uint64_t bytes(struct feed *f)
{
	const uint32_t how = (uint32_t)feed_number(f, 1);

	switch (how % 8) {
	case 0:
		return feed_number(f, 8);
	case 1:
		return feed_number(f, 2);
	case 2:
		return entries ? map[how / 8 % entries].size : 0;
	default:
		return (how / 8 + 1) * PAGE_SIZE - how % 3;
	}
}

static void do_alloc(struct feed *f, struct piece *h)
{
	const uint64_t size = bytes(f);
	const uint32_t before = in_use - words;

	*h = (struct piece){ .p = vm_alloc(size), .pages = PAGES(size) };
	CHECK(in_use - words == before + (h->p ? h->pages : 0));
	CHECK(!h->p || (size && !((uint64_t)h->p % PAGE_SIZE)));
}

static void do_window(struct feed *f, struct piece *h)
{
	const enum arch_perm want = (enum arch_perm)(feed_number(f, 1) % 8);
	const uint64_t pa = address(f), size = bytes(f);
	const uint64_t base = ALIGN_DOWN(pa, PAGE_SIZE);
	const struct mapping *m;

	failed = false;
	*h = (struct piece){ .p = window_map(pa, size, want), .window = true };
	if (!h->p) {		/* there is a reason */
		CHECK(!pa || !size || size > GIB - 2 * PAGE_SIZE || pa >= ARCH_REACH || failed ||
		      in_use == limit || mappings == MAPPINGS ||
		      !perms_model(base, PAGES(pa + size - base) * PAGE_SIZE, want));
		return;
	}
	h->pages = PAGES(pa + size - base);
	CHECK(size && size <= GIB && pa <= UINT64_MAX - size);
	m = mapping_at((uint64_t)h->p, 1);
	CHECK(m && m->pa == base && m->va == ALIGN_DOWN((uint64_t)h->p, PAGE_SIZE));
	CHECK(m->size == h->pages * PAGE_SIZE && (uint64_t)h->p % PAGE_SIZE == pa % PAGE_SIZE);
	CHECK(perms_model(base, m->size, want) & 1u << m->perm);
}

/* Many windows that are freed together, some of them on the same memory. */
static void do_reach(struct feed *f)
{
	const uint32_t before = mappings - words, n = (uint32_t)feed_number(f, 1) % 64;
	struct windows w = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		const uint64_t pa = address(f), size = bytes(f);
		const char *p = windows_reach(&w, pa, size);
		const struct mapping *m = p ? mapping_at((uint64_t)p, 1) : NULL;

		CHECK(!p || (m && m->pa + ((uint64_t)p - m->va) == pa));
		CHECK(!p || mapping_at((uint64_t)p + size - 1, 1) == m);
	}
	windows_close(&w);
	CHECK(mappings - words == before);
}

/* Everything has been freed: all slots that were ever used are in the queues. */
static void queues_check(void)
{
	for (uint32_t c = 0; c < CLASSES; c++) {
		const struct area_class *k = &area.class[c];
		uint32_t n = k->used > 0, last = 0;

		for (uint32_t at = k->first; at; at = *slot_word((struct slot){ c, at })) {
			CHECK(n++ < k->used);
			last = at;
		}
		CHECK(n == k->used && (!last || last == k->last));
	}
}

static void start(struct feed *f)
{
	struct boot_mem in[RANGES];
	uint64_t keys[2 * RANGES];
	struct boot_info bi = { .memmap.base = (uint64_t)map };
	struct feed ranges;
	uint32_t n;

	limit = PAGES_HERE - (uint32_t)feed_number(f, 1) % PAGES_HERE;
	fails = (uint32_t)feed_number(f, 1);
	n = (uint32_t)feed_number(f, 1) % RANGES;
	ranges = (struct feed){ f->at, MIN(f->left, n * 6) };
	f->at += ranges.left;
	f->left -= ranges.left;
	n = feed_ranges(&ranges, 0, in, RANGES);
	CHECK(memmap_normalise(in, n, keys, map, ARRAY_SIZE(map), &entries) == OK);
	bi.memmap.size = entries * sizeof(*map);
	memset(&area, 0, sizeof(area));
	memset(given, 0, sizeof(given));
	memset(held, 0, sizeof(held));
	mappings = words = in_use = 0;
	area_start(&bi);
}

/*
 * The largest window there may be, and what is too large or too small for any; memory that is freed
 * in one batch or in several, also when not all of it could be had.
 */
static void bounds_check(void)
{
	const uint64_t most = PAGES_MAX * PAGE_SIZE;
	const void *p = window_map(PAGE_SIZE, most, ARCH_IO), *all[CLASS_SIZE / GIB - 1];

	CHECK(p && mapping_at((uint64_t)p + most - 1, 1) == mapping_at((uint64_t)p, 1));
	window_unmap(p);
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		CHECK(all[i] = window_map(PAGE_SIZE, most, ARCH_IO));
	CHECK(!window_map(PAGE_SIZE, most, ARCH_IO));		/* slot 0 is never used */
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		window_unmap(all[i]);
	CHECK(!window_map(PAGE_SIZE, most + 1, ARCH_IO) && !window_map(1, most, ARCH_IO));
	CHECK(!window_map(2 * PAGE_SIZE - 1, UINT64_MAX - 1, ARCH_IO));	/* the sum is small */
	CHECK(!window_map(0, 1, ARCH_IO) && !window_map(1, 0, ARCH_IO) && !vm_alloc(0));
	CHECK(!window_map(UINT64_MAX, most, ARCH_IO) && !vm_alloc(UINT64_MAX));
	for (uint64_t pages = 1; pages <= PAGES_HERE; pages++) {
		char *at = vm_alloc(pages * PAGE_SIZE);

		CHECK(!at == (pages + words > limit));
		CHECK(in_use == words + (at ? pages : 0) && mappings == in_use);
		for (uint64_t i = 0; at && i < pages; i++)
			CHECK(mapping_at((uint64_t)at + i * PAGE_SIZE, PAGE_SIZE));
		vm_free(at);
		CHECK(in_use == words && mappings == words);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };

	start(&f);
	if (!size)			/* always the first input: nothing is in the map */
		bounds_check();
	for (uint32_t calls = 0; f.left && calls < CALLS; calls++) {
		const uint32_t what = (uint32_t)feed_number(&f, 1);
		struct piece *h = &held[what / 4 % HELD];

		if (h->p)
			piece_free(h);
		else if (what % 4 == 0)
			do_reach(&f);
		else
			(what % 4 == 1 ? do_alloc : do_window)(&f, h);
		for (uint32_t i = 0; i < HELD; i++)
			if (held[i].p)
				piece_check(&held[i]);
	}
	for (uint32_t i = 0; i < HELD; i++)
		piece_free(&held[i]);
	CHECK(in_use == words && mappings == words);
	queues_check();
	for (uint32_t i = 0; i < mappings; i++)
		munmap((void *)mapping[i].va, PAGE_SIZE);
	return 0;
}
