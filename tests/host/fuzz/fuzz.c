/* SPDX-License-Identifier: MIT */
/* fuzz.c - see fuzz.h. */
#include "tests/host/fuzz/fuzz.h"
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#define RANGE_WIDE	0x80	/* of the type's byte: numbers of 64 bits follow */
#define RANGE_STEP	10	/* bits */

uint64_t feed_number(struct feed *f, uint32_t bytes)
{
	uint64_t value = 0;

	feed_bytes(f, &value, bytes);
	return value;
}

void feed_bytes(struct feed *f, void *out, size_t size)
{
	const size_t n = MIN(size, f->left);

	memset(out, 0, size);
	if (!n)
		return;
	memcpy(out, f->at, n);
	f->at += n;
	f->left -= n;
}

static uint64_t world_end;	/* what lies above was never used */

void world_clear(void)
{
	if (!world_end) {
		CHECK(mmap((void *)WORLD, WORLD_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
			   0) == (void *)WORLD);
		world_end = WORLD + WORLD_SIZE;
	}
	ASAN_POISON_MEMORY_REGION((void *)WORLD, world_end - WORLD);
	world_end = WORLD + 8;
}

static void world_open(uint64_t at, size_t size)
{
	CHECK(at >= WORLD && size <= WORLD + WORLD_SIZE - at);
	ASAN_UNPOISON_MEMORY_REGION((void *)at, size);
	world_end = MAX(world_end, ALIGN_UP(at + size, 8));
}

void *world_put(uint64_t at, size_t size, struct feed *f)
{
	world_open(at, size);
	feed_bytes(f, (void *)at, size);
	return (void *)at;
}

void *world_copy(uint64_t at, const void *data, size_t size)
{
	world_open(at, size);
	return memcpy((void *)at, data, size);
}

bool world_has(uint64_t at, uint64_t size)
{
	return at >= WORLD && at < WORLD + WORLD_SIZE && size <= WORLD + WORLD_SIZE - at &&
	       !__asan_region_is_poisoned((void *)at, size);
}

/* Unicode 15, table 3-7, one sequence; its length, 0 if it is not well-formed. */
static uint32_t utf8_length(const uint8_t *p)
{
	const uint32_t n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 :
			   *p < 0xf5 ? 4 : 0;

	for (uint32_t i = 1; i < n; i++)
		if (p[i] >> 6 != 2)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] >= 0xa0) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] >= 0x90))
		return 0;
	return n;
}

void check_text(const char *text, uint32_t len)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + len;

	CHECK(text[len] == 0);
	while (p < end) {
		const uint32_t n = utf8_length(p);

		CHECK(n && n <= (size_t)(end - p));
		CHECK(*p >= ' ' && *p != 0x7f && !(*p == 0xc2 && p[1] < 0xa0));
		p += n;
	}
}

uint32_t feed_ranges(struct feed *f, uint64_t origin, struct boot_mem *out, uint32_t cap)
{
	uint32_t n = 0;

	for (; n < cap && f->left; n++) {
		const uint32_t type = (uint32_t)feed_number(f, 1);
		const bool wide = type & RANGE_WIDE;

		out[n].type = type & RANGE_WIDE / 2 ? (uint32_t)feed_number(f, 4) : type % 16;
		out[n].cache = (uint32_t)feed_number(f, 1) & 0x1f;
		out[n].base = wide ? feed_number(f, 8) :
				     origin + (feed_number(f, 2) << RANGE_STEP);
		out[n].size = wide ? feed_number(f, 8) : feed_number(f, 2) << RANGE_STEP;
	}
	return n;
}

void sum_fix(void *data, size_t size, uint8_t *checksum)
{
	uint8_t total = 0;

	*checksum = 0;
	while (size)
		total = (uint8_t)(total + ((uint8_t *)data)[--size]);
	*checksum = (uint8_t)-total;
}
