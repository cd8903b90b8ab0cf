/* SPDX-License-Identifier: MIT */
/*
 * fuzz_mapplan.c - mapplan_apply with each CPU's tables, for any memory map, screen and port
 * that firmware may name, against the order of precedence in mapplan.h.
 */
#include "tests/host/fuzz/pgtable_check.h"
#include "lib/image.h"
#include "lib/mapplan.h"
#include "stub/memmap.h"

#define RANGES		16
#define ASKS		96
#define POOL		30
#define HANDOFF		0x400000ull
#define HANDOFF_SIZE	0x40000ull
#define STAYED		0x503000ull
#define LOADED		0x602000ull
#define VIRT		0xffffffff80200000ull
#define DIRECT		0xffff800000000000ull
#define DIRECT5		0xff00000000000000ull
#define RAM		(1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_ACPI | \
			 1u << BOOT_MEM_MODULE | 1u << BOOT_MEM_RUNTIME_DATA | 1u << BOOT_MEM_NVS)

static struct boot_mem in[RANGES + 4], map[2 * (RANGES + 4)];
static uint64_t keys[2 * (RANGES + 4)];
static struct ask asks[ASKS];
static uint32_t n_asks;
static uint64_t direct, mask, top;	/* what lies from `top` on has no address */

static void ask(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm, bool must)
{
	CHECK(n_asks < ASKS);
	if (size)
		asks[n_asks++] = (struct ask){ va & mask, pa, size, perm, must };
}

/* Byte ranges that firmware named, as whole pages, without what has no address. */
static void ask_range(uint64_t base, uint64_t size, enum arch_perm perm)
{
	const uint64_t from = ALIGN_DOWN(base, PAGE_SIZE);

	if (size && base < top && size <= top - base)
		ask(direct + from, from, ALIGN_UP(base + size, PAGE_SIZE) - from, perm, true);
}

static void ask_image(const struct boot_info *bi, const char *start, const char *end,
		      enum arch_perm perm)
{
	const uint64_t offset = image_offset(start), size = image_offset(end) - offset;
	const bool mapped = bi->regime == BOOT_MMU_MAPPED;

	if (mapped)
		ask(bi->image_virt + offset, bi->image.base + offset, size, perm, true);
	ask(direct + bi->image.base + offset, bi->image.base + offset, size,
	    mapped && perm == ARCH_RX ? ARCH_RO : perm, true);
}

static void ask_all(const struct boot_info *bi, const struct boot_range *trampoline, uint32_t n,
		    bool all)
{
	n_asks = 0;
	ask(direct + bi->boot_stack.base - PAGE_SIZE, 0, PAGE_SIZE, NOT_MAPPED, true);
	ask(direct + bi->trap_stack.base - PAGE_SIZE, 0, PAGE_SIZE, NOT_MAPPED, true);
	ask_image(bi, image_text, image_rodata, ARCH_RX);
	ask_image(bi, image_rodata, image_data, ARCH_RO);
	ask_image(bi, image_data, image_end, ARCH_RW);
	if (bi->regime == BOOT_MMU_MAPPED)
		ask(trampoline->base, trampoline->base, trampoline->size, ARCH_RX, true);
	ask_range(trampoline->base, trampoline->size,
		  bi->regime == BOOT_MMU_MAPPED ? ARCH_RO : ARCH_RX);
	if (bi->fb.format)
		ask_range(bi->fb.mem.base, bi->fb.mem.size, ARCH_WC);
	if (bi->uart.type && !bi->uart.is_port)
		ask_range(ALIGN_DOWN(bi->uart.base, PAGE_SIZE), PAGE_SIZE, ARCH_IO);
	ask(direct + bi->image.base + image_offset(image_doors), 0,	/* unless firmware has */
	    (uint64_t)(image_text - image_doors), NOT_MAPPED, true);	/* those two there */
	ask(direct + HANDOFF, HANDOFF, HANDOFF_SIZE, ARCH_RW, true);
	for (uint32_t i = 0; i < n; i++)
		if (RAM >> map[i].type & 1 && map[i].base < top)
			ask(direct + map[i].base, map[i].base,
			    MIN(map[i].size, top - map[i].base), ARCH_RW, all);
}

static uint32_t map_feed(struct feed *f, const struct boot_info *bi, bool moved)
{
	uint32_t n = feed_ranges(f, 0, in, RANGES), count;

	in[n++] = (struct boot_mem){ HANDOFF, moved ? PAGE_SIZE : HANDOFF_SIZE,
				     BOOT_MEM_HANDOFF, 0 };
	in[n++] = (struct boot_mem){ bi->image.base + PAGE_SIZE, image_size() - PAGE_SIZE,
				     BOOT_MEM_IMAGE, 0 };
	if (moved)
		in[n++] = (struct boot_mem){ HANDOFF + image_size(), HANDOFF_SIZE - image_size(),
					     BOOT_MEM_HANDOFF, 0 };
	CHECK(memmap_normalise(in, n, keys, map, ARRAY_SIZE(map), &count) == OK);
	return count;
}

/* Memory that firmware gave us: neither the screen nor data of firmware is there. */
static bool ours(uint64_t base, uint64_t size)
{
	return base <= HANDOFF + HANDOFF_SIZE && base + size >= HANDOFF;
}

static bool map_sound(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (map[i].type != BOOT_MEM_HANDOFF && map[i].type != BOOT_MEM_IMAGE &&
		    map[i].base < HANDOFF + HANDOFF_SIZE && map[i].base + map[i].size > HANDOFF)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1);
	const bool mapped = how & 1, moved = how & 2, five = how & 4 && raw_levels[1];
	struct boot_range trampoline = { LOADED + PAGE_SIZE, how & 8 ? PAGE_SIZE : 0 };
	struct boot_info bi = {
		.regime = mapped ? BOOT_MMU_MAPPED : BOOT_MMU_IDENTITY,
		.image = { moved ? HANDOFF : STAYED, image_size() },
		.image_virt = mapped ? VIRT : moved ? HANDOFF : STAYED,
		.handoff = { HANDOFF, HANDOFF_SIZE },
		.boot_stack = { HANDOFF + 0x31000, 0x4000 },
		.trap_stack = { HANDOFF + 0x36000, 0x2000 },
	};
	uint64_t unmapped = 0;
	struct arch_map m;
	struct pool p;
	uint32_t n;

	bi.fb.mem.base = feed_number(&f, 4) << (how & 16 ? 32 : 8);
	bi.fb.mem.size = feed_number(&f, 3);
	if (bi.fb.mem.base && how & 32 && !ours(bi.fb.mem.base, bi.fb.mem.size))
		bi.fb.format = BOOT_FB_XRGB8888;
	bi.uart = (struct boot_uart){ .base = feed_number(&f, 8) >> (how & 64 ? 32 : 0),
				      .type = BOOT_UART_PL011, .is_port = how >> 7 & 1 };
	bi.uart.is_port |= ours(bi.uart.base, 1);
	if (mapped)
		bi.direct_map = five ? DIRECT5 : DIRECT;
	direct = bi.direct_map;
	mask = five ? ~0ull >> 7 : ~0ull >> 16;
	top = ARCH_REACH;
	n = map_feed(&f, &bi, moved);
	if (!map_sound(n))
		return 0;
	pool_start(&p, &m, POOL, five ? raw_levels[1] : raw_levels[0], 0);
	if (mapplan_apply(&m, &bi, map, n, &trampoline, &unmapped) == OK) {
		ask_all(&bi, &trampoline, n, !unmapped);
		check_tables(&m, asks, n_asks);
	}
	CHECK(p.used <= POOL);
	pool_end(&p);
	return 0;
}
