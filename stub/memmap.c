/* SPDX-License-Identifier: MIT */
/*
 * memmap.c - one honest memory map out of what firmware claims.
 *
 * Promises the properties listed in memmap.h for any input whatever. Relies on nothing;
 * runs once, after firmware is gone, perhaps with caches off: the entries are read once to
 * clean them and once to sweep over them, and sorted only if they have to be.
 */
#include "stub/memmap.h"
#include "include/efi.h"

/*
 * The end of the address space here. No CPU has more than 56 physical address bits, so
 * what lies above is nonsense and dropped. It leaves 48 bits of page number for a
 * sort key, beside the 16 bits of index.
 */
#define MEMMAP_TOP	(1ull << 60)
/* Bits that neither base nor size of a plain entry has: their sum is below the top, too. */
#define ODD_BITS	(~(MEMMAP_TOP / 2 - 1) | (PAGE_SIZE - 1))
#define INDEX_BITS	16
#define DIGIT_BITS	8
#define DIGITS		(1u << DIGIT_BITS)
#define FEW		16
#define MEMMAP_SMALL	(1ull << 35)	/* pages: 2^47 bytes */

/* UEFI 2.10, table 7.6; a type that is not here is RESERVED. */
static const uint8_t efi_types[] = {
	[EFI_LOADER_CODE]	= BOOT_MEM_RECLAIM,
	[EFI_LOADER_DATA]	= BOOT_MEM_RECLAIM,
	[EFI_BOOT_CODE]		= BOOT_MEM_RECLAIM,
	[EFI_BOOT_DATA]		= BOOT_MEM_RECLAIM,
	[EFI_RUNTIME_CODE]	= BOOT_MEM_RUNTIME_CODE,
	[EFI_RUNTIME_DATA]	= BOOT_MEM_RUNTIME_DATA,
	[EFI_CONVENTIONAL]	= BOOT_MEM_FREE,
	[EFI_ACPI_RECLAIM]	= BOOT_MEM_ACPI,
	[EFI_ACPI_NVS]		= BOOT_MEM_NVS,
	[EFI_MMIO]		= BOOT_MEM_MMIO,
	[EFI_MMIO_PORT]		= BOOT_MEM_MMIO,
};

/* What covers the address the sweep has reached, and what came out so far. */
struct sweep {
	struct boot_mem *out, *next, *limit;
	uint64_t at;			/* all below is done */
	uint32_t active;		/* bit t: a range of type t may reach beyond `at` */
	uint32_t cache[BOOT_MEM_TYPES];	/* of the active types only, as is end */
	uint64_t end[BOOT_MEM_TYPES];
};

/* Cut, round and type one odd entry; size 0 if nothing is left of it. */
static void entry_tidy(struct boot_mem *m)
{
	uint64_t base = m->base, end, inward = 0;

	if (m->type - 1 >= BOOT_MEM_TYPES - 1)
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

/*
 * Leave only whole pages of known types below MEMMAP_TOP, packed at the front. Returns how
 * many are left; the first *run of them are in order.
 */
static uint32_t entries_clean(struct boot_mem *in, uint32_t n, uint32_t *run)
{
	struct boot_mem *to = in, *ordered = NULL;
	uint64_t last = 0;

	for (struct boot_mem *m = in, *stop = in + n; m < stop; m++) {
		if ((m->base | m->size) & ODD_BITS || m->type - 1 >= BOOT_MEM_TYPES - 1)
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

/*
 * The first `run` keys are in order, and behind them are few, as when the stub adds its
 * own ranges to a map in order: sort those, then merge from the end.
 */
static const uint64_t *keys_merge(uint64_t *keys, uint32_t n, uint32_t run)
{
	uint64_t *tail = keys + n, *out = keys + n;
	uint32_t left = 0;

	for (uint64_t *k = keys + run; k < keys + n; k++) {
		uint32_t at = left++;

		for (; at && tail[at - 1] > *k; at--)
			tail[at] = tail[at - 1];
		tail[at] = *k;
	}
	while (left)
		*--out = run && keys[run - 1] > tail[left - 1] ? keys[--run] : tail[--left];
	return keys;
}

/* Stable counting sort of one digit. */
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
 * Sort by base: page number above, index below in each key. The indices are in order to
 * begin with, so only page numbers are sorted, and of them only digits that differ.
 */
static const uint64_t *keys_sort(const struct boot_mem *in, uint32_t n, uint32_t run,
				 uint64_t *keys)
{
	uint64_t *from = keys, *to = keys + n, differ = 0;
	uint32_t shift;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t base = in[i].base;

		from[i] = base << (INDEX_BITS - PAGE_SHIFT) | i;
		differ |= base ^ in[0].base;
	}
	if (n - run <= FEW)
		return keys_merge(keys, n, run);
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

/* Say that [base, end) is `type`: lengthen the last piece or begin one. */
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

/* Settle everything below `to`: piece by piece, the largest active type wins. */
static bool sweep_advance(struct sweep *s, uint64_t to)
{
	while (s->active) {
		uint32_t type = 31 - (uint32_t)__builtin_clz(s->active);
		uint64_t end = MIN(s->end[type], to);

		if (end > s->at) {
			if (!sweep_emit(s, s->at, end, type, s->cache[type]))
				return false;
			s->at = end;
		}
		if (s->end[type] > to)
			break;
		s->active &= ~(1u << type);
	}
	s->at = to;
	return true;
}

/* A range begins where the sweep stands. */
static void sweep_add(struct sweep *s, const struct boot_mem *m)
{
	uint32_t type = m->type;
	uint64_t end = m->base + m->size;

	s->at = m->base;
	if (s->active >> type & 1 && s->end[type] > m->base) {
		/* Two of one type overlap: from here on only what both can do is true. */
		s->cache[type] &= m->cache;
		s->end[type] = MAX(s->end[type], end);
		return;
	}
	s->active |= 1u << type;
	s->cache[type] = m->cache;
	s->end[type] = end;
}

/*
 * Once over all entries by base; order says which is next if in[] does not. One that
 * meets no other, as nearly all do, goes straight out.
 */
static bool sweep_run(struct sweep *s, const struct boot_mem *in, uint32_t n, const uint64_t *order)
{
	const struct boot_mem *m = order ? &in[(uint16_t)*order] : in;

	while (n--) {
		const struct boot_mem *next = m + 1;
		uint64_t base = m->base, end = base + m->size;

		if (order && n)
			next = &in[(uint16_t)*++order];
		if (s->active && !sweep_advance(s, base))
			return false;
		if (s->active || (n && next->base < end))
			sweep_add(s, m);
		else if (!sweep_emit(s, base, end, m->type, m->cache))
			return false;
		m = next;
	}
	return sweep_advance(s, MEMMAP_TOP);
}

status_t memmap_normalise(struct boot_mem *in, uint32_t n, uint64_t *keys, struct boot_mem *out,
			  uint32_t cap, uint32_t *count)
{
	struct sweep s = { .out = out, .next = out, .limit = out + cap };
	const uint64_t *order = NULL;
	uint32_t run;

	if (n > MEMMAP_MAX)
		return ERR_TOO_SMALL;
	n = entries_clean(in, n, &run);
	if (run < n)
		order = keys_sort(in, n, run, keys);
	if (!sweep_run(&s, in, n, order))
		return ERR_TOO_SMALL;
	*count = (uint32_t)(s.next - out);
	return OK;
}

static inline uint32_t efi_type_of(uint32_t efi_type, uint64_t attribute)
{
	uint32_t type = efi_type < ARRAY_SIZE(efi_types) ? efi_types[efi_type] : 0;

	if (type != BOOT_MEM_FREE)
		return type ? type : BOOT_MEM_RESERVED;
	/* Specific purpose memory is kept for a driver to give out. */
	if (attribute & EFI_MEMORY_SP)
		return BOOT_MEM_RESERVED;
	/* No cacheability bit at all: firmware did not say, and what it calls free is memory. */
	if (attribute & EFI_MEMORY_CACHE_MASK && !(attribute & EFI_MEMORY_WB))
		return BOOT_MEM_RESERVED;
	return type;
}

uint32_t memmap_efi_type(uint32_t efi_type, uint64_t attribute)
{
	return efi_type_of(efi_type, attribute);
}

uint32_t memmap_from_efi(const void *map, uint64_t size, uint64_t desc_size, struct boot_mem *out)
{
	const uint8_t *end = (const uint8_t *)map + size;
	struct boot_mem *m = out;
	uint32_t last_type = 0, last_cache = 0;
	uint64_t next = 0;

	for (const uint8_t *p = map; p < end; p += desc_size) {
		const struct efi_memory_descriptor *d = (const void *)p;
		const uint32_t type = efi_type_of(d->type, d->attribute);
		const uint32_t cache = (uint32_t)d->attribute & EFI_MEMORY_CACHE_MASK;
		uint64_t bytes = d->pages << PAGE_SHIFT;

		/* most of a usual map goes on like this; MEMMAP_MAX of it cannot overflow */
		if (d->physical_start == next && type == last_type && cache == last_cache &&
		    d->pages < MEMMAP_SMALL) {
			m[-1].size += bytes;
			next += bytes;
			continue;
		}
		if (d->pages >> (64 - PAGE_SHIFT))
			bytes = UINT64_MAX;	/* cut to the address space later */
		last_type = type;
		last_cache = cache;
		*m++ = (struct boot_mem){ d->physical_start, bytes, type, cache };
		next = d->physical_start + bytes;
	}
	return (uint32_t)(m - out);
}
