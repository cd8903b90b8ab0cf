/* SPDX-License-Identifier: MIT */
/* memtest.c - the inner loops of the memory test (arch/kernel.h). Caches are the platform's. */
#include "arch/kernel.h"

static inline void line_write(volatile uint64_t *p, uint64_t x, uint64_t y)
{
	p[0] = x, p[1] = y, p[2] = y, p[3] = x;
	p[4] = y, p[5] = x, p[6] = x, p[7] = y;
}

static inline bool line_is(const volatile uint64_t *p, uint64_t x, uint64_t y)
{
	return !((p[0] ^ x) | (p[1] ^ y) | (p[2] ^ y) | (p[3] ^ x) | (p[4] ^ y) | (p[5] ^ x) |
		 (p[6] ^ x) | (p[7] ^ y));
}

void arch_memtest_fill(uint64_t at, uint64_t size, const struct memtest_pattern *pattern)
{
	struct memtest_pattern p = *pattern;

	for (; size; size -= ARCH_MEMTEST_PAIR, at += ARCH_MEMTEST_PAIR) {
		line_write((uint64_t *)at, p.x, p.y);
		p.x += p.step;
		line_write((uint64_t *)at + 8, p.x, p.y);
		p.y += p.step;
	}
}

uint64_t arch_memtest_swap(uint64_t at, uint64_t size, const struct memtest_pattern *old,
			   const struct memtest_pattern *new, bool down)
{
	struct memtest_pattern o = *old, n = *new;
	uint64_t away = ARCH_MEMTEST_PAIR, od = o.step, nd = n.step;

	if (down) {
		at += size - away;
		away = 0 - away, od = 0 - od, nd = 0 - nd;
	}
	for (; size; size -= ARCH_MEMTEST_PAIR, at += away) {
		volatile uint64_t *p = (uint64_t *)at;

		if (!line_is(p, o.x, o.y) || !line_is(p + 8, o.x + o.step, o.y))
			break;
		line_write(p, n.x, n.y);
		line_write(p + 8, n.x + n.step, n.y);
		o.x += od, o.y += od, n.x += nd, n.y += nd;
	}
	return size;
}
