/* SPDX-License-Identifier: MIT */
/*
 * fuzz_memmap.c - memmap_normalise and memmap_from_efi against a model of single pages.
 *
 * The result changes only where a range begins or ends, so it is enough to compare the pages on
 * both sides of each such address.
 */
#include "tests/host/fuzz/fuzz.h"
#include "lib/efi.h"
#include "stub/memmap.h"

#define N	96
#define TOP	(1ull << 60)
#define NEAR	(TOP - 64 * MIB)

static struct boot_mem in[N], work[N], out[2 * N], again[2 * N];
static uint64_t keys[2 * N];

/* Whether `page` is m's by the rules of memmap.h; *type is what m counts as. */
static bool covers(const struct boot_mem *m, uint64_t page, uint32_t *type)
{
	const uint64_t end = m->size > TOP - m->base ? TOP : m->base + m->size;

	*type = m->type && m->type < BOOT_MEM_TYPES ? m->type : BOOT_MEM_RESERVED;
	if (m->base >= TOP || !m->size)
		return false;
	if (*type == BOOT_MEM_FREE)
		return page >= m->base && end >= PAGE_SIZE && page <= end - PAGE_SIZE;
	return page < end && page + PAGE_SIZE > m->base;
}

static void check_page(uint32_t n, uint32_t count, uint64_t page)
{
	uint32_t want = 0, got = 0, cache = ~0u, type, own = 0;

	if (page >= TOP)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (covers(&in[i], page, &type))
			want = MAX(want, type);
	for (uint32_t i = 0; i < n; i++)
		if (covers(&in[i], page, &type) && type == want)
			cache &= in[i].cache;
	for (uint32_t i = 0; i < count; i++)
		if (page - out[i].base < out[i].size) {
			got = out[i].type;
			own = out[i].cache;
		}
	CHECK(got == want);
	CHECK(!(own & ~cache));		/* no cacheability that an input range lacks */
}

static void check_shape(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct boot_mem *m = &out[i], *last = m - 1;

		CHECK(m->size && !((m->base | m->size) % PAGE_SIZE) && m->base + m->size <= TOP);
		CHECK(m->type && m->type < BOOT_MEM_TYPES);
		if (!i)
			continue;
		CHECK(last->base + last->size <= m->base);
		CHECK(last->base + last->size < m->base || last->type != m->type ||
		      last->cache != m->cache);
	}
}

/* The same ranges as UEFI's descriptors. */
static uint32_t by_efi(uint32_t n, uint64_t gap)
{
	static uint64_t map[N * 8];
	uint64_t *at = map;

	for (uint32_t i = 0; i < n; i++, at += (sizeof(struct efi_memory_descriptor) + gap) / 8) {
		struct efi_memory_descriptor *d = (void *)at;

		*d = (struct efi_memory_descriptor){
			.type = in[i].type, .physical_start = in[i].base,
			.pages = in[i].size / 1024, .attribute = in[i].cache,
		};
		in[i].type = memmap_efi_type(d->type, d->attribute);
		in[i].size = d->pages >> 52 ? UINT64_MAX : d->pages * PAGE_SIZE;
	}
	return memmap_from_efi(map, (uint64_t)(at - map) * 8, sizeof(struct efi_memory_descriptor) +
			       gap, work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	const uint32_t how = (uint32_t)feed_number(&f, 1), cap = how & 2 ? how >> 2 : 2 * N;
	uint32_t n = feed_ranges(&f, how & 64 ? NEAR : 0, in, N), left = n, count = 0, same;

	memcpy(work, in, sizeof(in));
	if (how & 1)
		left = by_efi(n, how & 16);
	if (memmap_normalise(work, left, keys, out, cap, &count) != OK) {
		CHECK(cap < 2 * left);
		memcpy(work, in, sizeof(in));
		if (how & 1)
			return 0;
		CHECK(memmap_normalise(work, n, keys, out, 2 * N, &count) == OK && count > cap);
	}
	check_shape(count);
	for (uint32_t i = 0; i < n + count; i++) {
		const struct boot_mem *m = i < n ? &in[i] : &out[i - n];
		const uint64_t from = ALIGN_DOWN(m->base, PAGE_SIZE);
		const uint64_t to = ALIGN_DOWN(m->base + m->size, PAGE_SIZE);

		for (int64_t k = -1; k <= 1; k++) {
			check_page(n, count, from + (uint64_t)k * PAGE_SIZE);
			check_page(n, count, to + (uint64_t)k * PAGE_SIZE);
		}
	}
	memcpy(again, out, sizeof(out));
	memcpy(in, out, count <= N ? count * sizeof(*out) : 0);
	if (count <= N && memmap_normalise(in, count, keys, again, 2 * N, &same) == OK)
		CHECK(same == count && !memcmp(again, out, count * sizeof(*out)));
	return 0;
}
