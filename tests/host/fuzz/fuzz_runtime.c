/* SPDX-License-Identifier: MIT */
/*
 * fuzz_runtime.c - EFI_MEMORY_ATTRIBUTES_TABLE and the calls that use it: nothing is mapped
 * writable and executable, only what firmware named, and only whole pages.
 *
 * Memory is the MEMORY bytes at WORLD, under that address. Input: where things are in it,
 * the map, then its bytes.
 */
#include "tests/host/fuzz/fuzz.h"
#include "kernel/firmware/efi_runtime.c"
#include "stub/memmap.h"

#define MEMORY	0x8000ull
#define RANGES	24
#define TOP	(1ull << 47)	/* what tables translate at identity */

static struct boot_mem in[RANGES], map[2 * RANGES];
static uint64_t keys[2 * RANGES];
static struct boot_info bi;
static _Alignas(4096) uint8_t shared[PAGE_SIZE << SHARED_ORDER];
static uint32_t mapped;

status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	if (pa == (uint64_t)shared)
		return OK;
	CHECK(va == pa && (!size || pa <= TOP - size) && !((pa | size) % PAGE_SIZE) && size <= TOP);
	CHECK(perm == ARCH_IO || memory_is(pa, size, RUNTIME_TYPES));
	mapped++;
	return mapped % 64 ? OK : ERR_NO_MEMORY;
}

void arch_clean(uint64_t base, uint64_t size)
{
	(void)base;
	(void)size;
}

void console_warn(const char *fmt, ...)
{
	(void)fmt;
}

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	CHECK(order == SHARED_ORDER && flags == PAGE_ZERO);
	return (uint64_t)shared;
}

uint64_t arch_firmware_begin(void)
{
	return 0;
}

void arch_firmware_end(uint64_t state)
{
	(void)state;
}

/* The call itself is not made; the test is whether it would be allowed. */
bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct call *c = arg;

	CHECK(fn == call_make && runtime.regions <= REGIONS_MAX);
	CHECK(region_executable((uint64_t)c->fn));
	memset(out, 0, sizeof(*out));
	return true;
}

void trap_abandon(const char *what)
{
	CHECK(!what);
}

uint64_t clock_now(void)
{
	return 0;
}

bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *arg)
{
	CHECK(t && at && fn && !arg);
	return true;
}

bool timer_cancel(struct timer *t)
{
	return !!t;
}

uint64_t arch_irq_save(void)
{
	return 0;
}

void arch_irq_restore(uint64_t before)
{
	CHECK(!before);
}

void arch_irq_on(void)
{
}

/* Ranges within the test's memory, as firmware's descriptors. */
static uint32_t map_make(struct feed *f)
{
	uint32_t n = (uint32_t)feed_number(f, 1) % RANGES, count;
	struct feed ranges = { f->at, MIN(f->left, n * 6) };

	f->at += ranges.left;
	f->left -= ranges.left;
	n = feed_ranges(&ranges, 0, in, RANGES);
	for (uint32_t i = 0; i < n; i++) {
		in[i].base %= MEMORY;
		in[i].size = MIN(in[i].size, MEMORY - in[i].base);
		in[i].base += WORLD;
	}
	CHECK(memmap_normalise(in, n, keys, map, ARRAY_SIZE(map), &count) == OK);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct boot_range keep;
	struct efi_time time;
	uint32_t n;

	bi = (struct boot_info){ .flags = BOOT_RUNTIME_OK };
	bi.efi_memattr = WORLD + feed_number(&f, 2);
	bi.efi_runtime = WORLD + feed_number(&f, 2) % MEMORY / 8 * 8;
	bi.efi_memmap.base = WORLD + feed_number(&f, 2) % MEMORY / 8 * 8;
	bi.efi_desc_size = (uint32_t)feed_number(&f, 1) & ~7u;
	bi.efi_memmap.size = feed_number(&f, 2) % (WORLD + MEMORY - bi.efi_memmap.base);
	n = map_make(&f);
	bi.memmap = (struct boot_range){ (uint64_t)map, n * sizeof(*map) };
	world_clear();
	world_put(WORLD, MEMORY, &f);
	memset(&runtime, 0, sizeof(runtime));
	mapped = 0;
	efi_runtime_read(&bi, &keep);
	for (uint32_t i = 0; i < runtime.regions; i++)
		CHECK(memory_is(region[i].base, region[i].size, RUNTIME_TYPES));
	(void)efi_get_time(&time);
	efi_reset(EFI_RESET_SHUTDOWN);
	return 0;
}
