/* SPDX-License-Identifier: MIT */
/*
 * memory.c - see memory.h. Allocates only page tables; memory_reclaim() marks those as HANDOFF, so
 * that they are not free any more. After it, free memory belongs to kernel/mm.
 */
#include "kernel/memory.h"
#include "lib/console/panic.h"
#include "lib/image.h"
#include "lib/string.h"

#define LOW_MEMORY	(1 * MIB)		/* not used: other CPUs start below it */
#define TABLES_MIN	(2 * MIB)
#define TRIED		(32 * PAGE_SIZE)	/* at once */

void memory_start(struct memory *m, struct boot_info *bi)
{
	m->bi = bi;
	m->map = memory_at(m, bi->memmap.base);
	m->n = (uint32_t)(bi->memmap.size / sizeof(*m->map));
	m->cap = m->n;
}

bool memory_free_next(const struct memory *m, uint32_t *i, struct boot_range *out)
{
	while (*i < m->n) {
		const struct boot_mem *r = &m->map[(*i)++];

		if (r->type != BOOT_MEM_FREE || r->base >= ARCH_REACH)
			continue;
		*out = (struct boot_range){ r->base, MIN(r->size, ARCH_REACH - r->base) };
		return true;
	}
	return false;
}

/* The page from which the stub jumped stays executable, so it is never given out. */
static struct boot_range old_trampoline(const struct memory *m)
{
	uint64_t start = ALIGN_DOWN(m->bi->image_loaded + image_offset(idmap_start), PAGE_SIZE);
	uint64_t end = ALIGN_UP(m->bi->image_loaded + image_offset(idmap_end), PAGE_SIZE);

	return (struct boot_range){ start, end - start };
}

static void touch(void *page)
{
	*(volatile uint64_t *)page = *(volatile uint64_t *)page;	/* it may be a crumb */
}

static void touch_all(void *first)
{
	for (uint64_t at = 0; at < TRIED; at += PAGE_SIZE)
		touch((uint8_t *)first + at);
}

/*
 * Whether the page can become a table: not if it is in memory that is not mapped yet. `left` says
 * how many bytes from it on are free: many pages are tried at once, and one if that fails.
 */
static __attribute__((noinline)) bool page_usable(struct memory *m, uint64_t page, uint64_t left)
{
	const bool off = m->bi->regime == BOOT_MMU_OFF;
	struct trap_info fault;

	if (!off && left >= TRIED && trap_try(touch_all, memory_at(m, page), &fault)) {
		m->usable = (struct boot_range){ page, TRIED };
		return true;
	}
	if (off)				/* stale lines would hide what is written now */
		arch_clean((uint64_t)memory_at(m, page), PAGE_SIZE);
	return trap_try(touch, memory_at(m, page), &fault);
}

/* Choose a writable region that is large enough for any machine's tables. */
static __attribute__((noinline)) void tables_choose(struct memory *m)
{
	struct boot_range r;

	for (uint32_t i = 0; memory_free_next(m, &i, &r);) {
		if (r.base < LOW_MEMORY || r.size < TABLES_MIN ||
		    !page_usable(m, r.base, PAGE_SIZE))
			continue;
		m->tables = r;
		return;
	}
}

/* For struct arch_map.page. 0 if there is no writable page. */
static uint64_t memory_page(void *cookie)
{
	struct memory *m = cookie;
	struct boot_info *bi = m->bi;
	uint64_t page, left = bi->page_pool.size - bi->page_used;

	if (left >= PAGE_SIZE) {
		page = bi->page_pool.base + bi->page_used;
		bi->page_used += PAGE_SIZE;
	} else {
		if (!m->tables.size)
			tables_choose(m);
		if (m->tables_used == m->tables.size)
			return 0;
		left = m->tables.size - m->tables_used;
		page = m->tables.base + m->tables_used;
		m->tables_used += PAGE_SIZE;
	}
	if (page - m->usable.base < m->usable.size)
		return page;
	return page_usable(m, page, left) ? page : 0;
}

status_t memory_tables_new(struct memory *m, struct arch_map *out)
{
	*out = (struct arch_map){ .page = memory_page, .cookie = m, .offset = m->bi->direct_map };
	return arch_map_start(out);
}

void memory_tables(struct memory *m, struct arch_map *out)
{
	*out = (struct arch_map){ .page = memory_page, .cookie = m, .offset = m->bi->direct_map };
	arch_map_live(out);
}

static void map_merge(struct memory *m)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		struct boot_mem *last = &m->map[kept - 1], *r = &m->map[i];

		if (kept > 0 && last->base + last->size == r->base && last->type == r->type &&
		    last->cache == r->cache)
			last->size += r->size;
		else if (r->size > 0)
			m->map[kept++] = *r;
	}
	m->n = kept;
}

/*
 * Take a range out of a FREE entry. If there is no room for another entry, drop the smaller of the
 * two remaining parts: losing memory is harmless.
 */
static void map_carve(struct memory *m, uint64_t base, uint64_t size, uint32_t type)
{
	for (uint32_t i = 0; i < m->n; i++) {
		struct boot_mem *r = &m->map[i], whole = *r;
		uint64_t left = base - whole.base, right = whole.size - left - size;

		if (whole.type != BOOT_MEM_FREE || size == 0 || left >= whole.size ||
		    size > whole.size - left)
			continue;
		if (m->cap - m->n < 2) {
			r->base = left >= right ? whole.base : base + size;
			r->size = MAX(left, right);
			return;
		}
		memmove(r + 3, r + 1, (m->n - i - 1) * sizeof(*r));
		m->n += 2;
		r[0].size = left;
		r[1] = (struct boot_mem){ base, size, type, whole.cache };
		r[2] = (struct boot_mem){ base + size, right, BOOT_MEM_FREE, whole.cache };
		return;
	}
}

void memory_keep(struct memory *m, uint64_t base, uint64_t size)
{
	const uint64_t start = ALIGN_DOWN(base, PAGE_SIZE);

	m->keep = (struct boot_range){ start, ALIGN_UP(base + size, PAGE_SIZE) - start };
}

void memory_reclaim(struct memory *m)
{
	const struct boot_range old = old_trampoline(m);

	map_carve(m, m->tables.base, m->tables_used, BOOT_MEM_HANDOFF);
	for (uint32_t i = 0; i < m->n; i++)
		if (m->map[i].type == BOOT_MEM_RECLAIM)
			m->map[i].type = BOOT_MEM_FREE;
	map_merge(m);
	if (ARCH_TRAMPOLINE)
		map_carve(m, old.base, old.size, BOOT_MEM_HANDOFF);
	map_carve(m, m->keep.base, m->keep.size, BOOT_MEM_NVS);
	map_merge(m);
	m->bi->memmap.size = m->n * sizeof(*m->map);
}

bool memory_touches(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types)
{
	for (uint32_t i = 0; i < m->n; i++) {
		const struct boot_mem *r = &m->map[i];

		if ((types >> r->type & 1) && ranges_overlap(pa, size, r->base, r->size))
			return true;
	}
	return false;
}

const char *memory_type_name(uint32_t type)
{
	static const char name[BOOT_MEM_TYPES][16] = {
		"?", "free", "reclaim", "acpi", "image", "handoff", "module", "runtime code",
		"runtime data", "nvs", "mmio", "reserved",
	};

	return name[type < BOOT_MEM_TYPES ? type : 0];
}
