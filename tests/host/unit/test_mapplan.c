/* SPDX-License-Identifier: MIT */
/*
 * test_mapplan.c - mapplan_apply, with each CPU's real page tables, against a rule that gives
 * the mapping of a single physical page. Built once for each CPU.
 */
#include "tests/host/unit/pgtable.h"
#include "lib/image.h"
#include "lib/mapplan.h"

#define POOL_PAGES	100
#define NOT_MAPPED	((enum arch_perm)99)
#define DIRECT		0xffffffc000000000ull	/* the upper half of three levels, too */
#define VIRT		0xffffffff80200000ull
#define HANDOFF		0x1000000ull
#define STAYED		0x2003000ull
#define FB		0xc0000000ull
#define FB_SIZE		0x7e8f00ull
#define UART		0xfe215040ull

enum { MOVED, STAYS };

/* Firmware's map, into which the HANDOFF of a moved image or the IMAGE of one that stays is cut. */
#define HEAD \
	{ 0, 0x9f000, BOOT_MEM_FREE, 8 }, { 0x9f000, 0x61000, BOOT_MEM_RESERVED, 0 }, \
	{ 0x100000, 0x700000, BOOT_MEM_FREE, 8 }, { 0x800000, 0x8000, BOOT_MEM_NVS, 8 }, \
	{ 0x808000, 0x3000, BOOT_MEM_FREE, 8 }, { 0x80b000, 0x1000, BOOT_MEM_RUNTIME_CODE, 8 }, \
	{ 0x80c000, 0x1000, BOOT_MEM_RUNTIME_DATA, 8 }, { 0x80d000, 0x7f3000, BOOT_MEM_FREE, 8 }, \
	{ HANDOFF, 0x40000, BOOT_MEM_HANDOFF, 8 }, \
	{ HANDOFF + 0x40000, 0xfa0000, BOOT_MEM_FREE, 8 }, \
	{ 0x1fe0000, 0x21000, BOOT_MEM_RECLAIM, 8 }
#define TAIL \
	{ 0x2013000, 0x5000, BOOT_MEM_MODULE, 8 }, { 0x2018000, 0x9000, BOOT_MEM_ACPI, 8 }, \
	{ 0x3000000, 0x200000, BOOT_MEM_MMIO, 1 }, { 0x3200000, 0x200000, BOOT_MEM_FREE, 8 }, \
	{ UART & ~0xfffull, 0x1000, BOOT_MEM_RESERVED, 0 }, \
	{ 4 * GIB, 0x2403000, BOOT_MEM_FREE, 8 }

static const struct boot_mem maps[][20] = {
	[MOVED] = { HEAD, { 0x2001000, 0x12000, BOOT_MEM_RECLAIM, 8 }, TAIL },
	[STAYS] = { HEAD, { 0x2001000, 0x2000, BOOT_MEM_FREE, 8 },
		    { STAYED, 0x1000, BOOT_MEM_RECLAIM, 8 },	/* its headers */
		    { STAYED + 0x1000, 0xf000, BOOT_MEM_IMAGE, 8 }, TAIL },
};

struct world {
	struct boot_info bi;
	struct boot_range trampoline;
	const struct boot_mem *mem;
	uint32_t n;
	bool mapped;
};

static struct world world_make(uint32_t place, uint32_t regime)
{
	struct world w = { .mem = maps[place], .mapped = regime == BOOT_MMU_MAPPED };

	while (w.n < ARRAY_SIZE(maps[0]) && w.mem[w.n].type)
		w.n++;
	w.bi.regime = regime;
	w.bi.handoff = (struct boot_range){ HANDOFF, 0x40000 };
	w.bi.image = (struct boot_range){ place == STAYS ? STAYED : HANDOFF, image_size() };
	w.bi.boot_stack = (struct boot_range){ HANDOFF + 0x31000, 0x4000 };
	w.bi.trap_stack = (struct boot_range){ HANDOFF + 0x36000, 0x2000 };
	w.trampoline = (struct boot_range){ 0x2002000, PAGE_SIZE };
	if (place == STAYS)
		w.trampoline.base = STAYED + image_offset(image_text) + PAGE_SIZE;
	w.bi.image_virt = w.bi.image.base;
	if (w.mapped) {
		w.bi.direct_map = DIRECT;
		w.bi.image_virt = VIRT;
	}
	w.bi.fb = (struct boot_fb){ .mem = { FB, FB_SIZE }, .format = BOOT_FB_XRGB8888 };
	w.bi.uart = (struct boot_uart){ .base = UART, .type = BOOT_UART_PL011 };
	return w;
}

/* ---- the rule ---- */

static bool inside(uint64_t pa, uint64_t base, uint64_t size)
{
	return pa - base < size;
}

static enum arch_perm segment_perm(uint64_t offset)
{
	if (offset < image_offset(image_rodata))
		return ARCH_RX;
	return offset < image_offset(image_data) ? ARCH_RO : ARCH_RW;
}

/* How a physical page must be mapped where RAM is: at identity, or in the direct map. */
static enum arch_perm rule_direct(const struct world *w, uint64_t pa)
{
	const struct boot_info *bi = &w->bi;
	uint64_t offset = pa - bi->image.base, text = image_offset(image_text);

	if (pa == bi->boot_stack.base - PAGE_SIZE || pa == bi->trap_stack.base - PAGE_SIZE)
		return NOT_MAPPED;
	if (pa == HANDOFF)
		return ARCH_RW;		/* breadcrumbs and boot_info, even in the copy's page 0 */
	if (offset >= image_offset(image_doors) && offset < text)
		return NOT_MAPPED;
	if (offset >= text && offset < bi->image.size)
		return segment_perm(offset) == ARCH_RX && w->mapped ? ARCH_RO :
								      segment_perm(offset);
	if (inside(pa, w->trampoline.base, w->trampoline.size))
		return w->mapped ? ARCH_RO : ARCH_RX;	/* executable at identity: no RW alias */
	if (inside(pa, FB, FB_SIZE))
		return ARCH_WC;
	if (pa == ALIGN_DOWN(UART, PAGE_SIZE))
		return ARCH_IO;
	for (uint32_t i = 0; i < w->n; i++) {
		if (!inside(pa, w->mem[i].base, w->mem[i].size))
			continue;
		switch (w->mem[i].type) {
		case BOOT_MEM_FREE: case BOOT_MEM_RECLAIM: case BOOT_MEM_ACPI: case BOOT_MEM_NVS:
		case BOOT_MEM_HANDOFF: case BOOT_MEM_MODULE: case BOOT_MEM_RUNTIME_DATA:
			return ARCH_RW;
		}
	}
	return NOT_MAPPED;
}

/* ---- checking all of it ---- */

static uint64_t va_mask;

/* `missing`: how many bytes of RAM are not mapped; NULL: none may be missing. */
static uint64_t expect(const struct leaves *l, uint64_t va, uint64_t pa, enum arch_perm perm,
		       uint64_t *missing)
{
	const struct leaf *f = leaves_find(l, va & va_mask);

	if (!f && perm == ARCH_RW && missing) {
		*missing += PAGE_SIZE;
		return 0;
	}
	if (!f != (perm == NOT_MAPPED))
		fail_msg("%lx is%s mapped", va, f ? "" : " not");
	if (!f)
		return 0;
	if (f->perm != perm || f->pa + ((va & va_mask) - f->va) != pa)
		fail_msg("%lx is %lx perm %u, not %lx perm %u", va, f->pa, f->perm, pa, perm);
	return PAGE_SIZE;
}

static uint64_t expect_window(const struct world *w, const struct leaves *l, uint64_t base,
			      uint64_t end, uint64_t *missing)
{
	uint64_t bytes = 0;

	for (uint64_t pa = base; pa < end; pa += PAGE_SIZE)
		bytes += expect(l, w->bi.direct_map + pa, pa, rule_direct(w, pa), missing);
	return bytes;
}

static void expect_all(const struct arch_map *m, const struct world *w, uint64_t *missing)
{
	static struct leaves l;
	uint64_t bytes = 0, mapped = 0;

	leaves_read(m, &l);
	va_mask = (1ull << (12 + 9 * m->levels)) - 1;
	for (uint32_t i = 0; i < l.n; i++) {
		l.leaf[i].va &= va_mask;
		mapped += l.leaf[i].size;
	}
	bytes += expect_window(w, &l, 0, 56 * MIB, missing);
	bytes += expect_window(w, &l, FB - MIB, FB + 9 * MIB, missing);
	bytes += expect_window(w, &l, UART - (UART & 0xfff) - MIB, UART + MIB, missing);
	bytes += expect_window(w, &l, 4 * GIB - MIB, 4 * GIB + 40 * MIB, missing);
	for (uint64_t o = image_offset(image_text); w->mapped && o < image_size(); o += PAGE_SIZE)
		bytes += expect(&l, VIRT + o, w->bi.image.base + o, segment_perm(o), NULL);
	for (uint64_t o = 0; w->mapped && o < w->trampoline.size; o += PAGE_SIZE)
		bytes += expect(&l, w->trampoline.base + o, w->trampoline.base + o, ARCH_RX, NULL);
	if (bytes != mapped)
		fail_msg("%lx bytes are mapped without need", mapped - bytes);
}

static void for_all(void (*test)(const struct world *, uint32_t levels, uint32_t flags))
{
	for (const uint32_t *levels = raw_levels; *levels; levels++)
		for (const uint32_t *flags = raw_flags; *flags != ~0u; flags++)
			for (uint32_t r = BOOT_MMU_OFF; r <= BOOT_MMU_MAPPED; r++)
				for (uint32_t place = MOVED; place <= STAYS; place++) {
					struct world w = world_make(place, r);

					test(&w, *levels, *flags);
				}
}

static void whole(const struct world *w, uint32_t levels, uint32_t flags)
{
	struct arch_map m;
	struct pool p;
	uint64_t unmapped = 1;

	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w->bi, w->mem, w->n, &w->trampoline, &unmapped), OK);
	assert_true(unmapped == 0);
	expect_all(&m, w, NULL);
	pool_end(&p);
}

static void test_whole(void **state)
{
	(void)state;
	for_all(whole);
}

/* Each size of pool that is too small is reported, and a second call completes the map. */
static void small_pool(const struct world *w, uint32_t levels, uint32_t flags)
{
	status_t first = ERR_NO_MEMORY;
	bool short_of_ram = false;

	if (flags)
		return;
	for (uint32_t limit = 1;; limit++) {
		uint64_t unmapped = 0, missing = 0;
		struct arch_map m;
		struct pool p;

		pool_start(&p, &m, POOL_PAGES, levels, flags);
		p.limit = limit;
		first = mapplan_apply(&m, &w->bi, w->mem, w->n, &w->trampoline, &unmapped);
		if (first == OK) {
			expect_all(&m, w, &missing);
			assert_true(unmapped >= missing);
			assert_int_equal(!unmapped, !missing);
			short_of_ram |= missing != 0;
		} else {
			assert_int_equal(first, ERR_NO_MEMORY);
		}
		p.limit = p.most;
		assert_int_equal(mapplan_apply(&m, &w->bi, w->mem, w->n, &w->trampoline, &unmapped),
				 OK);
		assert_true(unmapped == 0);
		expect_all(&m, w, NULL);
		pool_end(&p);
		if (first == OK && !missing)
			break;
		assert_true(limit < POOL_PAGES);
	}
	assert_true(short_of_ram);
}

static void test_small_pool(void **state)
{
	(void)state;
	for_all(small_pool);
}

/* A map that calls everything free: special memory is still mapped as such. */
static void all_free(const struct world *from, uint32_t levels, uint32_t flags)
{
	static const struct boot_mem mem[] = {
		{ HANDOFF + PAGE_SIZE, 56 * MIB - HANDOFF - PAGE_SIZE, BOOT_MEM_FREE, 8 },
		{ FB - MIB, 10 * MIB, BOOT_MEM_FREE, 8 },
		{ (UART & ~0xfffull) - MIB, 2 * MIB + PAGE_SIZE, BOOT_MEM_FREE, 8 },
		{ 4 * GIB, 0x2403000, BOOT_MEM_FREE, 8 },
	};
	struct world w = *from;

	w.mem = mem;
	w.n = ARRAY_SIZE(mem);
	whole(&w, levels, flags);
}

static void test_all_free(void **state)
{
	(void)state;
	for_all(all_free);
}

/* What does not exist is not mapped: no screen, a port that is not memory, no trampoline. */
static void bare_port(const struct world *from, uint32_t levels, uint32_t flags, uint8_t type)
{
	struct world w = *from;
	static struct leaves l;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped;

	w.bi.fb.format = BOOT_FB_NONE;
	w.bi.uart.type = type;
	w.bi.uart.is_port = type == BOOT_UART_16550;
	w.trampoline.size = 0;
	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w.bi, w.mem, 0, &w.trampoline, &unmapped), OK);
	leaves_read(&m, &l);
	for (uint32_t i = 0; i < l.n; i++) {
		assert_true(inside(l.leaf[i].pa, HANDOFF, 0x40000) ||
			    inside(l.leaf[i].pa, w.bi.image.base, image_size()));
		assert_true(l.leaf[i].perm != ARCH_IO && l.leaf[i].perm != ARCH_WC);
	}
	pool_end(&p);
}

static void bare(const struct world *from, uint32_t levels, uint32_t flags)
{
	bare_port(from, levels, flags, BOOT_UART_16550);
	bare_port(from, levels, flags, BOOT_UART_CALL);
}

static void test_bare(void **state)
{
	(void)state;
	for_all(bare);
}

/* Memory that has no address in the tables is not mapped at another address instead. */
static void far(const struct world *from, uint32_t levels, uint32_t flags)
{
	const uint64_t top = ARCH_REACH;
	const struct boot_mem mem[] = {
		{ top - GIB, 2 * GIB, BOOT_MEM_FREE, 8 }, { 1ull << 56, GIB, BOOT_MEM_FREE, 8 },
	};
	struct world w = *from;
	static struct leaves l;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped;

	w.bi.fb.mem.base = top - PAGE_SIZE;
	w.bi.uart.base = 1ull << 57;
	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w.bi, mem, 2, &w.trampoline, &unmapped), OK);
	assert_true(unmapped == 2 * GIB);
	leaves_read(&m, &l);
	for (uint32_t i = 0; i < l.n; i++)
		assert_true(l.leaf[i].pa + l.leaf[i].size <= top && l.leaf[i].perm != ARCH_IO &&
			    l.leaf[i].perm != ARCH_WC);
	pool_end(&p);
}

static void test_far(void **state)
{
	(void)state;
	for_all(far);
}

/*
 * When there are no more pages for tables, a range of just the largest leaf's size is still mapped,
 * and one that is smaller is not even tried.
 */
static void just_a_leaf(const struct world *from, uint32_t levels, uint32_t flags)
{
	const struct boot_mem mem[] = {
		{ 5 * GIB + PAGE_SIZE, PAGE_SIZE, BOOT_MEM_FREE, 8 },
		{ 6 * GIB, GIB, BOOT_MEM_FREE, 8 },
	};
	struct world w = *from;
	struct arch_map m;
	struct pool p;
	uint64_t unmapped = 1;
	bool seen = false;

	w.mem = mem;
	w.n = ARRAY_SIZE(mem);
	for (uint32_t limit = 1; (flags & ARCH_MAP_GIB) && unmapped; limit++) {
		pool_start(&p, &m, POOL_PAGES, levels, flags);
		p.limit = limit;
		if (mapplan_apply(&m, &w.bi, mem, w.n, &w.trampoline, &unmapped) != OK)
			unmapped = UINT64_MAX;
		seen |= unmapped == PAGE_SIZE;
		pool_end(&p);
		assert_true(limit < POOL_PAGES);
	}
	assert_true(seen || !(flags & ARCH_MAP_GIB));
}

static void test_just_a_leaf(void **state)
{
	(void)state;
	for_all(just_a_leaf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_small_pool),
		cmocka_unit_test(test_bare), cmocka_unit_test(test_far),
		cmocka_unit_test(test_all_free), cmocka_unit_test(test_just_a_leaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
