/* SPDX-License-Identifier: MIT */
/*
 * test_mapplan.c - mapplan_apply, with each CPU's real page tables, against a rule that gives
 * the mapping of a single physical page. Built once for each CPU.
 */
#include "tests/host/unit/mapplan_world.h"

#define NOT_MAPPED	((enum arch_perm)99)

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

static void whole(const struct world *w, uint32_t levels, uint32_t flags)
{
	struct arch_map m;
	struct pool p;
	uint64_t unmapped = 1;

	pool_start(&p, &m, POOL_PAGES, levels, flags);
	assert_int_equal(mapplan_apply(&m, &w->bi, w->mem, w->n, &w->trampoline, &unmapped), OK);
	assert_true(unmapped == 0);
	assert_int_equal(m.flags, flags);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_small_pool),
		cmocka_unit_test(test_bare), cmocka_unit_test(test_all_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
