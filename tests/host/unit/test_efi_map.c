/* SPDX-License-Identifier: MIT */
/*
 * test_efi_map.c - what firmware's memory map says of a range, against a model that looks at every
 * page; and what lies in the way of one.
 */
#include "tests/host/unit/unit.h"
#include "lib/image.h"
#include "stub/efi/efi.h"

#define BASE	0x40000000ull
#define HERE	6		/* pages, and one before and after them */
#define PAGE(i)	(BASE + (i) * PAGE_SIZE)
#define WB	EFI_MEMORY_WB

/* Nothing that is tested here calls firmware. */
void efi_print(const struct efi *e, const char *fmt, ...)
{
	(void)e, (void)fmt;
	fail();
}

bool efi_allocate(const struct efi *e, uint32_t how, uint64_t pages, uint64_t *at)
{
	(void)e, (void)how, (void)pages, (void)at;
	fail();
	return false;
}

/* ---- maps that no firmware has to sort ---- */

static struct efi_memory_descriptor *map;	/* in as many bytes as it has */

static struct efi_map map_of(const struct efi_memory_descriptor *d, uint32_t n)
{
	free(map);
	map = exact(n * sizeof(*d));
	memcpy(map, d, n * sizeof(*d));
	return (struct efi_map){ .at = (void *)map, .size = n * sizeof(*d),
				 .desc_size = sizeof(*d) };
}

static struct efi_memory_descriptor some(uint32_t type, uint64_t first, uint64_t pages)
{
	return (struct efi_memory_descriptor){ type, 0, PAGE(first), 0, pages, WB };
}

static bool is_data(const struct efi_memory_descriptor *d)
{
	return d->type == EFI_BOOT_DATA || d->type == EFI_ACPI_NVS;
}

/* Every page of the range is in a descriptor of data, and in none of another type. */
static bool model_data(const struct efi_memory_descriptor *d, uint32_t n, uint64_t from,
		       uint64_t to)
{
	for (uint64_t at = ALIGN_DOWN(from, PAGE_SIZE); at < to; at += PAGE_SIZE) {
		bool data = false;

		for (uint32_t i = 0; i < n; i++) {
			if (at < d[i].physical_start ||
			    at >= d[i].physical_start + d[i].pages * PAGE_SIZE)
				continue;
			if (!is_data(&d[i]))
				return false;
			data = true;
		}
		if (!data)
			return false;
	}
	return true;
}

static void check_data(const struct efi_memory_descriptor *d, uint32_t n)
{
	static const uint32_t edge[] = { 0, 1, PAGE_SIZE - 1 };
	const struct efi_map m = map_of(d, n);

	for (uint32_t i = 0; i < 3 * HERE; i++)
		for (uint32_t j = i; j < 3 * (HERE + 1); j++) {
			const uint64_t from = PAGE(i / 3) + edge[i % 3];
			const uint64_t to = PAGE(j / 3) + edge[j % 3];

			if (from < to &&
			    efi_map_data(&m, from, to - from) != model_data(d, n, from, to))
				fail_msg("%#lx to %#lx of %u descriptors", from, to, n);
		}
}

static void test_data(void **state)
{
	static const uint32_t types[] = {
		EFI_BOOT_DATA, EFI_ACPI_NVS, EFI_MMIO, EFI_BOOT_DATA, EFI_UNACCEPTED,
	};
	struct efi_memory_descriptor d[4];
	uint64_t seed = 118;

	(void)state;
	for (uint32_t i = 0; i < 1500; i++) {
		const uint32_t n = 1 + rnd_below(&seed, ARRAY_SIZE(d));

		for (uint32_t k = 0; k < n; k++)
			d[k] = some(types[rnd_below(&seed, ARRAY_SIZE(types))],
				    rnd_below(&seed, HERE), rnd_below(&seed, 4));
		check_data(d, n);
	}
}

/* Descriptors without an end, the image in the way, the ends of what can be mapped. */
static void test_data_ends(void **state)
{
	const uint64_t own = (uint64_t)image_start, end = own + image_size();
	struct efi_memory_descriptor all = { EFI_BOOT_DATA, 0, 0, 0, UINT64_MAX, WB };
	struct efi_memory_descriptor two[] = { all, some(EFI_MMIO, 3, UINT64_MAX) };
	struct efi_map m = map_of(&all, 1);

	(void)state;
	assert_false(efi_map_data(&m, 0, 1));
	assert_true(efi_map_data(&m, 1, 1));
	assert_true(efi_map_data(&m, ARCH_REACH - 1, 1));
	assert_false(efi_map_data(&m, ARCH_REACH, 1));
	assert_true(efi_map_data(&m, ARCH_REACH - 2, 2));
	assert_false(efi_map_data(&m, ARCH_REACH - 2, 3));
	assert_false(efi_map_data(&m, BASE, UINT64_MAX));
	assert_true(efi_map_data(&m, own - 7, 7));
	assert_false(efi_map_data(&m, own - 7, 8));
	assert_false(efi_map_data(&m, own, 1));
	assert_false(efi_map_data(&m, own + PAGE_SIZE, 1));
	assert_false(efi_map_data(&m, end - 1, 1));
	assert_true(efi_map_data(&m, end, 1));
	all.pages = ARCH_REACH >> PAGE_SHIFT;
	m = map_of(&all, 1);
	assert_true(efi_map_data(&m, end, ARCH_REACH - end));
	all = (struct efi_memory_descriptor){ EFI_LOADER_DATA, 0, 2 * MIB, 0, 1ull << 60, WB };
	m = map_of(&all, 1);
	assert_false(efi_map_data(&m, MIB, 16));	/* it begins later */
	for (uint32_t i = 0; i < 2; i++) {		/* 2^52 pages: 0 bytes by overflow */
		m = map_of(two, 2);
		assert_true(efi_map_data(&m, PAGE(2), PAGE_SIZE));
		assert_false(efi_map_data(&m, PAGE(2), PAGE_SIZE + 1));
		assert_false(efi_map_data(&m, PAGE(100), 1));
		two[0].pages = two[1].pages = 1ull << 52;
	}
}

static void test_free_ram(void **state)
{
	const struct efi_memory_descriptor d[] = {
		some(EFI_CONVENTIONAL, 0, 2), some(EFI_BOOT_DATA, 2, 1),
		some(EFI_CONVENTIONAL, 3, 3),
		{ EFI_CONVENTIONAL, 0, PAGE(6), 0, 1, EFI_MEMORY_UC },
	};
	const struct efi_map m = map_of(d, ARRAY_SIZE(d));

	(void)state;
	for (uint64_t i = 0; i < 8; i++)
		for (uint64_t size = 1; size < 5 * PAGE_SIZE; size += PAGE_SIZE / 2 - 1) {
			const uint64_t end = i + PAGES(size);

			assert_int_equal(efi_map_type(&m, PAGE(i), size) == BOOT_MEM_FREE,
					 end <= 2 || (i >= 3 && end <= 6));
		}
	assert_int_equal(efi_map_type(&m, BASE - PAGE_SIZE, 1), BOOT_MEM_MMIO);
}

/* the loader's descriptor covers the image and what it needs after the file, or does not. */
static void test_ours(void **state)
{
	static const uint32_t types[] = { EFI_LOADER_CODE, EFI_LOADER_DATA, EFI_BOOT_CODE };
	const uint64_t own = (uint64_t)image_start;

	(void)state;
	for (uint32_t t = 0; t < ARRAY_SIZE(types); t++)
		for (uint64_t before = 0; before < 3; before++)
			for (uint64_t pages = 1; pages < 6; pages++) {
				const struct efi_memory_descriptor d = {
					types[t], 0, own - before * PAGE_SIZE, 0, pages, WB,
				};
				const uint64_t left = MAX(pages, before) * PAGE_SIZE -
						      before * PAGE_SIZE;
				const struct efi_map m = map_of(&d, 1);

				assert_true(efi_map_ours(&m, left) == (left && t < 2));
				assert_false(efi_map_ours(&m, left + 1));
			}
	const struct efi_memory_descriptor behind = {
		EFI_LOADER_CODE, 0, own + PAGE_SIZE, 0, 100, WB,
	};
	const struct efi_map m = map_of(&behind, 1);

	assert_false(efi_map_ours(&m, 1));
}

/* ---- what is in the way ---- */

static struct draft draft;

static void check_clear(uint64_t base, uint64_t size)
{
	const struct { uint64_t at, size; bool clear; } t[] = {
		{ base - 9, 9, true }, { base - 9, 10, false }, { base, 1, false },
		{ base + size - 1, 1, false }, { base + size, 1, true },
		{ base - 1, size + 2, false }, { base + 1, size - 2, false },
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint64_t next = 0;

		assert_int_equal(efi_clear(&draft, t[i].at, t[i].size, &next), t[i].clear);
		assert_true(t[i].clear || next == base + size);
	}
}

static void test_clear(void **state)
{
	const struct boot_range mem = { PAGE(2) + 5, 0x1111 };
	uint64_t next;

	(void)state;
	assert_true(efi_clear(&draft, 0, UINT64_MAX, &next));
	draft.info.fb.mem = mem;
	check_clear(mem.base, mem.size);
	for (uint32_t i = 0; i < DRAFT_MODULES; i++) {
		memset(&draft, 0, sizeof(draft));
		draft.module[i].mem = mem;
		check_clear(mem.base, mem.size);
	}
	for (uint32_t i = 0; i < DRAFT_FILES; i++) {
		memset(&draft, 0, sizeof(draft));
		draft.files[i].mem = mem;
		draft.named = i;		/* not one of them */
		assert_true(efi_clear(&draft, mem.base, mem.size, &next));
		draft.named++;
		check_clear(mem.base, mem.size);
	}
	for (uint32_t i = 0; i < DRAFT_KEEPS; i++) {
		memset(&draft, 0, sizeof(draft));
		draft.keep[i] = (struct boot_mem){ .base = mem.base, .size = mem.size };
		draft.keeps = i;
		assert_true(efi_clear(&draft, mem.base, mem.size, &next));
		draft.keeps++;
		check_clear(mem.base, mem.size);
	}
	memset(&draft, 0, sizeof(draft));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data), cmocka_unit_test(test_data_ends),
		cmocka_unit_test(test_free_ram), cmocka_unit_test(test_ours),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
