/* SPDX-License-Identifier: MIT */
/* test_memmap_efi.c - firmware's descriptors, of whatever size, as our ranges. */
#include "tests/host/unit/unit.h"
#include "lib/efi.h"
#include "stub/memmap.h"

#define TOP	(1ull << 60)
#define F	BOOT_MEM_FREE
#define R	BOOT_MEM_RESERVED
#define A	BOOT_MEM_ACPI

static void test_from_efi(void **state)
{
	static const uint64_t strides[] = { sizeof(struct efi_memory_descriptor), 48, 96 };
	static const struct efi_memory_descriptor map[] = {
		{ .type = EFI_CONVENTIONAL, .physical_start = 0, .pages = 16, .attribute = 15 },
		{ .type = EFI_CONVENTIONAL, .physical_start = 0x10000, .pages = 1,
		.attribute = 15 },
		{ .type = EFI_BOOT_DATA, .physical_start = 0x11000, .pages = 1, .attribute = 15 },
		{ .type = EFI_LOADER_CODE, .physical_start = 0x12000, .pages = 2, .attribute = 8 },
		{ .type = EFI_CONVENTIONAL, .physical_start = 0x20000, .pages = 1, .attribute = 8 },
		{ .type = EFI_CONVENTIONAL, .physical_start = 0x22000, .pages = 1, .attribute = 8 },
		{ .type = EFI_RUNTIME_DATA, .physical_start = 0x18000, .pages = 1,
		  .attribute = 8 | EFI_MEMORY_RUNTIME },
		{ .type = EFI_ACPI_NVS, .physical_start = 0x30000, .pages = 0, .attribute = 8 },
		{ .type = EFI_RESERVED, .physical_start = 0x40000, .pages = 1ull << 52 },
		{ .type = EFI_RESERVED, .physical_start = 0x50000, .pages = ~0ull },
	};
	static const struct boot_mem pieces[] = {
		{ 0, 0x11000, F, 15 }, { 0x11000, 0x1000, BOOT_MEM_RECLAIM, 15 },
		{ 0x12000, 0x2000, BOOT_MEM_RECLAIM, 8 },
		{ 0x18000, 0x1000, BOOT_MEM_RUNTIME_DATA, 8 }, { 0x20000, 0x1000, F, 8 },
		{ 0x22000, 0x1000, F, 8 }, { 0x40000, TOP - 0x40000, R, 0 },
	};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(strides); s++) {
		uint64_t stride = strides[s], size = stride * ARRAY_SIZE(map);
		uint8_t *raw = exact(size);
		struct boot_mem *in = exact(sizeof(*in) * ARRAY_SIZE(map));
		struct boot_mem out[2 * ARRAY_SIZE(map)];
		uint64_t keys[2 * ARRAY_SIZE(map)];
		uint32_t n, count;

		memset(raw, 0xee, size);
		for (size_t i = 0; i < ARRAY_SIZE(map); i++)
			memcpy(raw + i * stride, &map[i], sizeof(map[i]));
		n = memmap_from_efi(raw, size, stride, in);
		assert_true(n <= ARRAY_SIZE(map));
		assert_int_equal(memmap_normalise(in, n, keys, out, ARRAY_SIZE(out), &count), OK);
		assert_int_equal(count, ARRAY_SIZE(pieces));
		assert_memory_equal(out, pieces, sizeof(pieces));
		assert_int_equal(memmap_from_efi(raw, 0, stride, in), 0);
		free(raw);
		free(in);
	}
}

/* The end of a range may be beyond 2^64; the next must not be taken for its continuation. */
static void test_wrap(void **state)
{
	static const struct {
		struct efi_memory_descriptor map[3];
		uint64_t reserved;	/* a reserved address, where free memory ends */
	} t[] = {
		/* its end wraps to just below where it begins */
		{ { { EFI_RESERVED, 0, 0x40001000, 0, 1ull << 52, 0 },
		    { EFI_CONVENTIONAL, 0, 0x40000000, 0, 0x10000, 8 } }, 0x40001000 },
		{ { { EFI_RESERVED, 0, 0x40001000, 0, 1ull << 52, 0 },
		    { EFI_RESERVED, 0, 0x40000fff, 0, 1, 0 },
		    { EFI_CONVENTIONAL, 0, 0x40000000, 0, 0x10000, 8 } }, 0x40000000 },
		{ { { EFI_RESERVED, 0, 0x40001000, 0, (1ull << 52) - 1, 0 },
		    { EFI_RESERVED, 0, 0x40000000, 0, 1, 0 },
		    { EFI_CONVENTIONAL, 0, 0x40000000, 0, 0x10000, 8 } }, 0x40000000 },
		/* ends at 2^64, the next begins at 0 */
		{ { { EFI_RESERVED, 0, -PAGE_SIZE, 0, 1, 0 },
		    { EFI_RESERVED, 0, 0, 0, 0x50000, 0 },
		    { EFI_CONVENTIONAL, 0, 0x40000000, 0, 0x10000, 8 } }, 0x40000000 },
		{ { { EFI_RESERVED, 0, TOP - PAGE_SIZE, 0, 1, 0 },
		    { EFI_RESERVED, 0, TOP, 0, 1ull << 51, 0 },
		    { EFI_RESERVED, 0, 0x40000000, 0, 0x20000, 0 } }, 0x40000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct boot_mem in[3], out[6];
		uint64_t keys[6];
		uint32_t count, n = memmap_from_efi(t[i].map, sizeof(t[i].map),
						    sizeof(t[i].map[0]), in);
		bool seen = false;

		assert_int_equal(memmap_normalise(in, n, keys, out, 6, &count), OK);
		for (uint32_t k = 0; k < count; k++) {
			const uint64_t from = t[i].reserved;

			if (out[k].type != R)
				assert_true(out[k].base + out[k].size <= from);
			else
				seen |= from - out[k].base < out[k].size;
		}
		if (!seen)
			fail_msg("case %zu: nothing is reserved at %#lx", i, t[i].reserved);
	}
}

/* Descriptors that continue each other in order become one range, so that there are fewer. */
static void test_joined(void **state)
{
	static const struct {
		uint64_t start[3];	/* of 2, 3 and 1 pages */
		uint64_t attribute[3];
		struct boot_mem want[3];
		uint32_t n;
	} t[] = {
		{ { 0x10000, 0x12000, 0x15000 }, { 8, 8, 8 }, { { 0x10000, 0x6000, F, 8 } }, 1 },
		{ { 0x10000, 0x12000, 0x16000 }, { 8, 8, 8 },
		  { { 0x10000, 0x5000, F, 8 }, { 0x16000, 0x1000, F, 8 } }, 2 },
		/* downwards, and to where the one before is long */
		{ { 0x15000, 0x12000, 0x11000 }, { 8, 8, 8 },
		  { { 0x15000, 0x2000, F, 8 }, { 0x12000, 0x3000, F, 8 },
		    { 0x11000, 0x1000, F, 8 } }, 3 },
		{ { 0x15000, 0x13000, 0x10000 }, { 8, 8, 8 },
		  { { 0x15000, 0x2000, F, 8 }, { 0x13000, 0x3000, F, 8 },
		    { 0x10000, 0x1000, F, 8 } }, 3 },
		{ { 0x10000, 0x12000, 0x15000 }, { 15, 8, 8 },
		  { { 0x10000, 0x2000, F, 15 }, { 0x12000, 0x4000, F, 8 } }, 2 },
		{ { 0x10000, 0x12000, 0x15000 }, { 8, 8, 8 | EFI_MEMORY_RUNTIME },
		  { { 0x10000, 0x6000, F, 8 } }, 1 },
	};
	static const uint64_t pages[] = { 2, 3, 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct efi_memory_descriptor map[3];
		struct boot_mem out[3];

		for (uint32_t k = 0; k < ARRAY_SIZE(map); k++)
			map[k] = (struct efi_memory_descriptor){
				.type = EFI_CONVENTIONAL, .physical_start = t[i].start[k],
				.pages = pages[k], .attribute = t[i].attribute[k],
			};
		assert_int_equal(memmap_from_efi(map, sizeof(map), sizeof(*map), out), t[i].n);
		assert_memory_equal(out, t[i].want, t[i].n * sizeof(*out));
	}
}

/* What is not simply write-back is not free in a map either; nothing joins what has wrapped. */
static void test_odd(void **state)
{
	static const struct efi_memory_descriptor map[] = {
		{ EFI_CONVENTIONAL, 0, 0, 0, 1, 1 },
		{ EFI_CONVENTIONAL, 0, 0x1000, 0, 1, 8 | EFI_MEMORY_SP },
		{ EFI_CONVENTIONAL, 0, 0x2000, 0, 1, 8 },
		{ EFI_BOOT_DATA, 0, 0x3000, 0, 1, 4 },
		{ EFI_RESERVED, 0, -PAGE_SIZE, 0, 1, 0 },
		{ EFI_CONVENTIONAL, 0, 0, 0, 1, 0 },
	};
	static const struct boot_mem want[] = {
		{ 0, 0x1000, R, 1 }, { 0x1000, 0x1000, R, 8 }, { 0x2000, 0x1000, F, 8 },
		{ 0x3000, 0x1000, R, 4 }, { -PAGE_SIZE, 0x1000, R, 0 }, { 0, 0x1000, F, 0 },
	};
	struct boot_mem out[ARRAY_SIZE(map)];

	(void)state;
	assert_int_equal(memmap_from_efi(map, sizeof(map), sizeof(*map), out), ARRAY_SIZE(want));
	assert_memory_equal(out, want, sizeof(want));
	/* as the first of all */
	assert_int_equal(memmap_from_efi(&map[5], sizeof(*map), sizeof(*map), out), 1);
	assert_memory_equal(out, &want[5], sizeof(*out));
}

static void test_efi_type(void **state)
{
	static const struct { uint32_t efi; uint64_t attribute; uint32_t type; } t[] = {
		{ EFI_RESERVED, 8, R }, { EFI_LOADER_CODE, 8, BOOT_MEM_RECLAIM },
		{ EFI_LOADER_DATA, 8, BOOT_MEM_RECLAIM }, { EFI_BOOT_CODE, 0, BOOT_MEM_RECLAIM },
		{ EFI_LOADER_DATA, 1, R }, { EFI_BOOT_CODE, 7, R }, { EFI_BOOT_DATA, 1, R },
		{ EFI_BOOT_DATA, 8 | EFI_MEMORY_SP, R }, { EFI_BOOT_DATA, EFI_MEMORY_SP, R },
		{ EFI_BOOT_DATA, 8, BOOT_MEM_RECLAIM },
		{ EFI_RUNTIME_CODE, 8, BOOT_MEM_RUNTIME_CODE },
		{ EFI_RUNTIME_DATA, 8, BOOT_MEM_RUNTIME_DATA }, { EFI_CONVENTIONAL, 8, F },
		{ EFI_CONVENTIONAL, 0xf, F }, { EFI_CONVENTIONAL, 0, F },
		{ EFI_CONVENTIONAL, EFI_MEMORY_RUNTIME, F }, { EFI_CONVENTIONAL, 1, R },
		{ EFI_CONVENTIONAL, 7, R }, { EFI_CONVENTIONAL, 0x10, R },
		{ EFI_CONVENTIONAL, 8 | EFI_MEMORY_SP, R }, { EFI_CONVENTIONAL, EFI_MEMORY_SP, R },
		{ EFI_UNUSABLE, 8, R }, { EFI_ACPI_RECLAIM, 8, A },
		{ EFI_ACPI_NVS, 8, BOOT_MEM_NVS },
		{ EFI_MMIO, 1, BOOT_MEM_MMIO }, { EFI_MMIO_PORT, 1, BOOT_MEM_MMIO },
		{ EFI_PAL_CODE, 8, R }, { EFI_PERSISTENT, 8, R }, { EFI_UNACCEPTED, 8, R },
		{ 16, 8, R }, { 0x80000000, 8, R }, { ~0u, 8, R },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		if (memmap_efi_type(t[i].efi, t[i].attribute) != t[i].type)
			fail_msg("EFI type %u, attribute %llx", t[i].efi,
				 (unsigned long long)t[i].attribute);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_efi), cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_joined), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_efi_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
