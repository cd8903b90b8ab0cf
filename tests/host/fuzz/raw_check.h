/* SPDX-License-Identifier: MIT */
/* raw_check.h - what must hold after any collector without firmware has returned. */
#ifndef RAW_CHECK_H
#define RAW_CHECK_H
#include "tests/host/unit/fake_raw.h"
#include "tests/host/fuzz/fuzz.h"

/* A range that passes the end of the address space is cut there. */
static bool raw_meets(const struct boot_range *a, uint64_t base, uint64_t size)
{
	size = MIN(size, UINT64_MAX - base);
	return a->base < base + size && base < a->base + a->size;
}

/* Whether the range overlaps anything but free memory. */
static bool raw_busy(const struct stub *s, const struct raw *r, const struct boot_range *at)
{
	const struct draft *d = &s->draft;
	bool busy = raw_meets(at, d->info.fb.mem.base, d->info.fb.mem.size);

	for (uint32_t i = 0; i < r->n; i++)
		busy |= r->map[i].type != BOOT_MEM_FREE &&
			raw_meets(at, r->map[i].base, r->map[i].size);
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		busy |= raw_meets(at, d->module[i].mem.base, d->module[i].mem.size);
	for (uint32_t i = 0; i < d->named; i++)
		busy |= raw_meets(at, d->files[i].mem.base, d->files[i].mem.size);
	return busy;
}

/* Below an arena that is not at a step of 2 MiB, the first step in each free range has no room. */
static void raw_check_steps(const struct stub *s, const struct raw *r)
{
	const struct boot_range *all = &s->arena.all;

	for (uint32_t i = 0; all->base % (2 * MIB) && i < r->n; i++) {
		const struct boot_mem *m = &r->map[i];
		const struct boot_range step = {
			ALIGN_UP(MAX(m->base, MIB), 2 * MIB), all->size,
		};

		CHECK(m->type != BOOT_MEM_FREE || step.base < m->base || step.base > all->base ||
		      !ends_by(step.base - m->base, step.size, m->size) || raw_busy(s, r, &step));
	}
}

/* The arena is completely in free memory, and overlaps nothing else. */
static void raw_check_place(const struct stub *s, const struct raw *r)
{
	const struct boot_range *all = &s->arena.all;
	uint64_t at = all->base;

	CHECK(!(at % PAGE_SIZE) && at >= MIB);
	CHECK(at < r->limit && all->size <= r->limit - at);
	CHECK(!raw_busy(s, r, all));
	raw_check_steps(s, r);
	for (uint32_t i = 0; i < r->n && at < all->base + all->size; i++)
		if (r->map[i].type == BOOT_MEM_FREE && at - r->map[i].base < r->map[i].size) {
			at = r->map[i].base + r->map[i].size;
			if (at < r->map[i].base)
				break;			/* to the end of the address space */
			i = UINT32_MAX;
		}
	CHECK(at < all->base || at >= all->base + all->size);
}

static void raw_check(struct stub *s, struct raw *r)
{
	const struct draft *d = &s->draft;

	CHECK(r->n <= RAW_RANGES);
	CHECK(d->cmdline_len < sizeof(d->cmdline));
	check_text(d->cmdline, d->cmdline_len);
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		CHECK(d->module[i].mem.size <= UINT64_MAX - d->module[i].mem.base);
	CHECK(d->named <= DRAFT_FILES);
	for (uint32_t i = 0; i < d->named; i++)
		CHECK(d->files[i].mem.size && d->files[i].mem.base < ARCH_REACH &&
		      d->files[i].mem.size <= ARCH_REACH - d->files[i].mem.base &&
		      d->files[i].name_len == strlen(d->files[i].name));
	if (d->info.fb.format) {
		const struct boot_fb *fb = &d->info.fb;

		CHECK(fb->width && fb->height && fb->width <= fb->stride / 4);
		CHECK((uint64_t)fb->stride * (fb->height - 1) + 4ull * fb->width <= fb->mem.size);
		CHECK(fb->mem.size <= ARCH_REACH && fb->mem.base <= ARCH_REACH - fb->mem.size);
	}
	if (!PANICS(raw_place(&s->draft, &s->arena, r)))
		raw_check_place(s, r);
	fake_raw.expected = false;
}
#endif
