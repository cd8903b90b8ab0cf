/* SPDX-License-Identifier: MIT */
/* ranges.c - see ranges.h. */
#include "ranges.h"
#include "lib/print.h"

static uint64_t gap(const struct boot_range *r)
{
	return r[1].base - r[0].base - r[0].size;
}

/* Merge the two adjacent ranges with the smallest gap, if that is smaller than `limit`. */
static bool join_closest(struct ranges *l, uint64_t limit)
{
	struct boot_range *r = l->range;
	uint32_t best = 0;

	for (uint32_t i = 1; i + 1 < l->n; i++)
		if (gap(&r[i]) < gap(&r[best]))
			best = i;
	if (l->n < 2 || gap(&r[best]) >= limit)
		return false;
	r[best].size += gap(&r[best]) + r[best + 1].size;
	l->n--;
	for (uint32_t i = best + 1; i < l->n; i++)
		r[i] = r[i + 1];
	return true;
}

void ranges_add(struct ranges *l, uint64_t base, uint64_t size)
{
	struct boot_range *last = &l->range[l->n - 1];
	const uint64_t before = l->n ? base - last->base - last->size : UINT64_MAX;

	if (!before || (l->n == l->cap && !join_closest(l, before))) {
		last->size += before + size;
		return;
	}
	l->range[l->n++] = (struct boot_range){ base, size };
}

bool ranges_touch(const struct boot_range *r, uint32_t n, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < n; i++)
		if (ranges_overlap(base, size, r[i].base, r[i].size))
			return true;
	return false;
}

uint64_t ranges_size(const struct ranges *l)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < l->n; i++)
		sum += l->range[i].size;
	return sum;
}

/* Read a number that ends at `stop` or at the end of *w. Removes both from *w. */
static bool number_take(struct word *w, char stop, uint64_t *out)
{
	const char *end = w->text + w->len, *at = w->text;

	while (at < end && *at != stop)
		at++;
	if (!text_number(w->text, at, out))
		return false;
	*w = (struct word){ at + (at < end), (uint32_t)(end - at - (at < end)) };
	return true;
}

bool left_read(struct word v, struct memtest_left *out)
{
	uint64_t run, base, end, last = 0;
	struct memtest_left l = { 0 };

	if (!number_take(&v, ',', &run) || !run || run > MEMTEST_RUNS)
		return false;
	while (v.len) {
		if (l.n == MEMTEST_LEFT || !number_take(&v, '-', &base) ||
		    !number_take(&v, ',', &end) || base < last || end <= base ||
		    (base | end) % PAGE_SIZE)
			return false;
		l.range[l.n++] = (struct boot_range){ base, end - base };
		last = end;
	}
	if (!l.n)
		return false;
	l.run = (uint32_t)run;
	*out = l;
	return true;
}

void left_write(const struct memtest_left *l, char *out)
{
	int n = text_format(out, MEMTEST_TEXT, "memtest=%u", l->run);

	for (uint32_t i = 0; i < l->n; i++)
		n += text_format(out + n, MEMTEST_TEXT - (size_t)n, ",0x%llx-0x%llx",
				 LL(l->range[i].base), LL(l->range[i].base + l->range[i].size));
}
