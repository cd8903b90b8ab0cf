/* SPDX-License-Identifier: MIT */
/*
 * memmap.c - makes one correct memory map out of what firmware claims.
 *
 * Promises the properties in memmap.h for any input. Relies on memcpy. Runs once, after firmware is
 * gone, perhaps with caches off: so entries are read once to clean them and once to sweep over
 * them, and are sorted only if needed.
 */
#include "stub/memmap.h"
#include "lib/string.h"

/* Bits that are clear in base and size of a plain entry. Their sum is then below the top too. */
#define ODD_BITS	(~(MEMMAP_TOP / 2 - 1) | (PAGE_SIZE - 1))
#define INDEX_BITS	16
#define DIGIT_BITS	8
#define DIGITS		(1u << DIGIT_BITS)
#define FEW		16

/* The ranges that cover the current address, and the output so far. */
struct sweep {
	struct boot_mem *out, *next, *limit;
	uint64_t at;			/* everything below is done */
	uint32_t active;		/* bit r: a range of rank r may extend beyond `at` */
	uint32_t type[MEMMAP_RANKS];	/* valid for active ranks only, as are cache and end */
	uint32_t cache[MEMMAP_RANKS];
	uint64_t end[MEMMAP_RANKS];
};

/* Cut, round and type one odd entry. Size 0 if nothing of it is left. */
static void entry_tidy(struct boot_mem *m)
{
	uint64_t base = m->base, end, inward = 0;

	if (m->type - 1 >= memmap_types - 1)
		m->type = BOOT_MEM_RESERVED;
	if (m->type == BOOT_MEM_FREE)
		inward = PAGE_SIZE - 1;
	if (!m->size || base >= MEMMAP_TOP) {
		m->size = 0;
		return;
	}
	end = base + MIN(m->size, MEMMAP_TOP - base);
	end = ALIGN_DOWN(end + (PAGE_SIZE - 1 - inward), PAGE_SIZE);
	m->base = ALIGN_DOWN(base + inward, PAGE_SIZE);
	m->size = end > m->base ? end - m->base : 0;
}

static inline __attribute__((always_inline)) bool entry_is_tidy(const struct boot_mem *m)
{
	return !((m->base | m->size) & ODD_BITS) && m->type - 1 < memmap_types - 1;
}

/*
 * Keep only whole pages of known types below MEMMAP_TOP, packed at the front. Returns how many are
 * left; the first *run of them are in order.
 */
static uint32_t entries_clean(struct boot_mem *in, uint32_t n, uint32_t *run)
{
	struct boot_mem *m = in, *const stop = in + n, *to, *ordered = NULL;
	uint64_t last = 0;

	/* in most maps this passes all entries up to those that the stub has added */
	for (; m < stop && entry_is_tidy(m) && m->size && m->base >= last; m++)
		last = m->base;
	for (to = m; m < stop; m++) {
		if (!entry_is_tidy(m))
			entry_tidy(m);
		if (!m->size)
			continue;
		if (m->base < last && !ordered)
			ordered = to;
		last = m->base;
		if (to != m)
			*to = *m;
		to++;
	}
	*run = (uint32_t)((ordered ? ordered : to) - in);
	return (uint32_t)(to - in);
}

/* Insertion sort, for a few entries. */
static void entries_sort(struct boot_mem *in, const struct boot_mem *stop)
{
	for (struct boot_mem *m = in; m < stop; m++) {
		struct boot_mem one = *m, *at = m;

		for (; at > in && at[-1].base > one.base; at--)
			*at = at[-1];
		*at = one;
	}
}

/* Stable counting sort by one digit. */
static void keys_pass(const uint64_t *from, uint64_t *to, uint32_t n, uint32_t shift)
{
	uint16_t start[DIGITS] = { 0 };
	const uint64_t *stop = from + n;
	uint16_t sum = 0;

#pragma clang loop unroll_count(4)
	for (const uint64_t *k = from; k < stop; k++)
		start[(*k >> shift) % DIGITS]++;
	for (uint32_t d = 0; d < DIGITS; d++) {
		uint16_t count = start[d];

		start[d] = sum;
		sum += count;
	}
#pragma clang loop unroll_count(4)
	for (const uint64_t *k = from; k < stop; k++)
		to[start[(*k >> shift) % DIGITS]++] = *k;
}

/*
 * Sort by base. Each key has the page number above the index. The indices are in order already, so
 * sort only by page numbers, and only by digits that differ.
 */
static const uint64_t *keys_sort(const struct boot_mem *in, uint32_t n, uint64_t *keys)
{
	uint64_t *from = keys, *to = keys + n, differ = 0;
	uint32_t shift;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t base = in[i].base;

		from[i] = base << (INDEX_BITS - PAGE_SHIFT) | i;
		differ |= base ^ in[0].base;
	}
	differ <<= INDEX_BITS - PAGE_SHIFT;
	for (shift = (uint32_t)__builtin_ctzll(differ); shift < 64; shift += DIGIT_BITS) {
		uint64_t *was = from;

		if (!((differ >> shift) % DIGITS))
			continue;
		keys_pass(from, to, n, shift);
		from = to;
		to = was;
	}
	return from;
}

/* Output [base, end) as `type`: extend the last range or begin a new one. */
static bool sweep_emit(struct sweep *s, uint64_t base, uint64_t end, uint32_t type,
		       uint32_t cache)
{
	struct boot_mem *next = s->next, *last = next - 1;

	if (next > s->out && last->type == type && last->cache == cache &&
	    last->base + last->size == base) {
		last->size = end - last->base;
		return true;
	}
	if (next == s->limit)
		return false;
	*next = (struct boot_mem){ base, end - base, type, cache };
	s->next = next + 1;
	return true;
}

/* Output everything below `to`: for each piece the highest active rank wins. */
static bool sweep_advance(struct sweep *s, uint64_t to)
{
	while (s->active) {
		uint32_t rank = 31 - (uint32_t)__builtin_clz(s->active);
		uint64_t end = MIN(s->end[rank], to);

		if (end > s->at) {
			if (!sweep_emit(s, s->at, end, s->type[rank], s->cache[rank]))
				return false;
			s->at = end;
		}
		if (s->end[rank] > to)
			break;
		s->active &= ~(1u << rank);
	}
	s->at = to;
	return true;
}

/* Add a range that begins at the current address. */
static void sweep_add(struct sweep *s, const struct boot_mem *m)
{
	uint32_t rank = memmap_rank[m->type];
	uint64_t end = m->base + m->size;

	s->at = m->base;
	if (s->active >> rank & 1 && s->end[rank] > m->base) {
		/* Two ranges of one type overlap: only what both support is safe. */
		s->cache[rank] &= m->cache;
		s->end[rank] = MAX(s->end[rank], end);
		return;
	}
	s->active |= 1u << rank;
	s->type[rank] = m->type;
	s->cache[rank] = m->cache;
	s->end[rank] = end;
}

/* Handle one entry. The one after it begins at `after`. */
static bool sweep_one(struct sweep *s, const struct boot_mem *m, uint64_t after)
{
	uint64_t end = m->base + m->size;

	if (s->active && !sweep_advance(s, m->base))
		return false;
	if (!s->active && end <= after)
		return sweep_emit(s, m->base, end, m->type, m->cache);
	sweep_add(s, m);
	return true;
}

/*
 * The first entry after m that overlaps its successor (the next entry or `after`), or that merely
 * continues the entry before it.
 */
static const struct boot_mem *sweep_plain(const struct boot_mem *m, const struct boot_mem *stop,
					  uint64_t after)
{
	uint64_t end = m->base + m->size;

	for (m++; m < stop && end <= after; m++) {
		uint64_t base = m->base;

		if (base < end)
			return m - 1;
		if (base == end && m->type == m[-1].type && m->cache == m[-1].cache)
			return m;
		end = base + m->size;
	}
	return end <= after ? m : m - 1;
}

/*
 * Handle ordered entries as far as they begin before `after`, where an entry of another run begins.
 * Most overlap nothing and continue nothing, and are copied in one go.
 */
static bool sweep_run(struct sweep *s, const struct boot_mem **from, const struct boot_mem *stop,
		      uint64_t after)
{
	const struct boot_mem *m = *from;

	while (m < stop && m->base < after) {
		const struct boot_mem *plain = s->active ? m : sweep_plain(m, stop, after);
		uint64_t next = m + 1 < stop ? MIN(m[1].base, after) : after;

		if (!sweep_one(s, m++, next))
			return false;
		if (plain <= m)
			continue;
		if (plain - m > s->limit - s->next)
			return false;
		memcpy(s->next, m, (size_t)(plain - m) * sizeof(*m));
		s->next += plain - m;
		m = plain;
	}
	*from = m;
	return true;
}

/* Merge two ordered runs, the second of them short: firmware's ranges, and what we add. */
static bool sweep_runs(struct sweep *s, const struct boot_mem *in, const struct boot_mem *stop,
		       const struct boot_mem *few, const struct boot_mem *few_stop)
{
	for (; few < few_stop; few++) {
		uint64_t after = few + 1 < few_stop ? few[1].base : MEMMAP_TOP;

		if (!sweep_run(s, &in, stop, few->base))
			return false;
		if (!sweep_one(s, few, in < stop ? MIN(in->base, after) : after))
			return false;
	}
	return sweep_run(s, &in, stop, MEMMAP_TOP);
}

/* Entries in any order, by sorted keys. */
static bool sweep_keys(struct sweep *s, const struct boot_mem *in, uint32_t n,
		       const uint64_t *order)
{
	const struct boot_mem *m = &in[(uint16_t)*order];

	while (--n) {
		const struct boot_mem *next = &in[(uint16_t)*++order];

		if (!sweep_one(s, m, next->base))
			return false;
		m = next;
	}
	return sweep_one(s, m, MEMMAP_TOP);
}

status_t memmap_normalise(struct boot_mem *in, uint32_t n, uint64_t *keys, struct boot_mem *out,
			  uint32_t cap, uint32_t *count)
{
	struct sweep s;
	uint32_t run;
	bool fits;

	if (n > MEMMAP_MAX)
		return ERR_TOO_SMALL;
	s.out = s.next = out;
	s.limit = out + cap;
	s.active = 0;
	n = entries_clean(in, n, &run);
	if (n - run > FEW) {
		fits = sweep_keys(&s, in, n, keys_sort(in, n, keys));
	} else {
		entries_sort(in + run, in + n);
		fits = sweep_runs(&s, in, in + run, in + run, in + n);
	}
	if (!fits || !sweep_advance(&s, MEMMAP_TOP))
		return ERR_TOO_SMALL;
	*count = (uint32_t)(s.next - out);
	return OK;
}
