/* SPDX-License-Identifier: MIT */
/* mapplan_world.h - a small machine whose image was moved or stays, for each CPU's tables. */
#ifndef MAPPLAN_WORLD_H
#define MAPPLAN_WORLD_H
#include "tests/host/unit/pgtable.h"
#include "lib/image.h"
#include "lib/mapplan.h"

#define POOL_PAGES	100
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
#endif
