/* SPDX-License-Identifier: MIT */
/* test_keep.c - screen, port and tables in memory that firmware calls free; and good maps. */
#include "tests/host/unit/unit.h"
#include <string.h>
#include "lib/acpi.h"
#include "stub/keep.h"

#define PAGES_ALL	64
#define CAP		64

static _Alignas(4096) uint8_t memory[PAGES_ALL][PAGE_SIZE];
static struct boot_mem map[CAP];
static uint32_t n;

/* Not called if `map` is given. */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	(void)at, (void)device, (void)piece;
	fail();
	return false;
}

static uint64_t page(uint32_t i)
{
	return (uint64_t)memory[i];
}

static uint32_t type_at(uint64_t at)
{
	for (uint32_t i = 0; i < n; i++)
		if (at - map[i].base < map[i].size)
			return map[i].type;
	return 0;
}

static void table(uint32_t i, const char *signature, uint32_t length)
{
	struct acpi_header *h = (void *)(memory[i] + 8);

	memcpy(h->signature, signature, 4);
	h->length = length;
}

/* Page 4: RSDP, 6: root, 8: FADT, 10-11: DSDT across two, 12: another, 14: SMBIOS. */
static void tables_make(uint32_t revision)
{
	struct acpi_rsdp *r = (void *)(memory[4] + 16);
	const uint64_t entry[] = { page(8) + 8, page(12) + 8, 0, UINT64_MAX - 7 };
	const uint64_t behind = page(40) + 8;	/* the root, which does not list it */
	struct acpi_fadt *fadt = (void *)(memory[8] + 8);

	memset(memory, 0, sizeof(memory));
	*r = (struct acpi_rsdp){ .signature = "RSD PTR ", .revision = (uint8_t)revision,
				 .length = sizeof(*r),
				 .rsdt = revision ? 0 : (uint32_t)page(6) + 8,
				 .xsdt = revision ? page(6) + 8 : UINT64_MAX - 7 };
	table(6, revision ? "XSDT" : "RSDT",
	      sizeof(struct acpi_header) + (revision ? sizeof(entry) : 8));
	for (uint32_t i = 0; i < ARRAY_SIZE(entry); i++)
		memcpy(memory[6] + 8 + sizeof(struct acpi_header) + i * (revision ? 8 : 4),
		       &entry[i], revision ? 8 : 4);
	memcpy(memory[6] + 8 + sizeof(struct acpi_header) + (revision ? sizeof(entry) : 8),
	       &behind, sizeof(behind));
	table(40, "SSDT", 40);
	table(8, "FACP", sizeof(*fadt));
	fadt->dsdt = (uint32_t)page(10) + 8;
	fadt->x_dsdt = revision ? page(10) + 8 : 0;
	table(10, "DSDT", PAGE_SIZE);
	table(12, "SSDT", 40);
}

static void check(uint32_t type, uint32_t revision, uint32_t cap, status_t want)
{
	const struct boot_mem reachable = { page(0), sizeof(memory), BOOT_MEM_FREE, 0 };
	struct reach reach = { .map = &reachable, .n = 1 };
	const struct boot_info info = {
		.acpi_rsdp = page(4) + 16, .smbios = page(14) + 64,
		.fb = { .mem = { page(20), 5 * PAGE_SIZE }, .format = 1 },
		.uart = { .base = page(30) + PAGE_SIZE - 1, .type = 1 },
	};

	tables_make(revision);
	n = 2;
	map[0] = (struct boot_mem){ page(0), 22 * PAGE_SIZE, type, 8 };
	map[1] = (struct boot_mem){ page(22), 42 * PAGE_SIZE, BOOT_MEM_RECLAIM, 8 };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, cap), want);
	if (want != OK)
		return;
	for (uint32_t i = 0; i < PAGES_ALL; i++) {
		static const uint8_t acpi[] = { 4, 6, 8, 10, 11, 12 };
		uint32_t expect = i < 22 ? type : BOOT_MEM_RECLAIM;

		if (expect <= BOOT_MEM_RECLAIM && memchr(acpi, (int)i, sizeof(acpi)))
			expect = BOOT_MEM_ACPI;
		if (expect <= BOOT_MEM_RECLAIM && i == 14)
			expect = BOOT_MEM_NVS;
		if (expect <= BOOT_MEM_RECLAIM && ((i >= 20 && i < 25) || i == 30))
			expect = BOOT_MEM_MMIO;
		if (type_at(page(i)) != expect)
			fail_msg("page %u is %u, should be %u", i, type_at(page(i)), expect);
	}
	for (uint32_t i = 1; i < n; i++) {
		assert_true(map[i].base == map[i - 1].base + map[i - 1].size && map[i].size);
		assert_true(map[i].type != map[i - 1].type);
	}
}

static void test_types(void **state)
{
	(void)state;
	for (uint32_t type = BOOT_MEM_FREE; type < BOOT_MEM_TYPES; type++)
		for (uint32_t revision = 0; revision <= 2; revision += 2)
			check(type, revision, CAP, OK);
	for (uint32_t cap = 2; cap < 17; cap++)
		check(BOOT_MEM_FREE, 2, cap, ERR_TOO_SMALL);
	check(BOOT_MEM_FREE, 2, 17, OK);
}

/* A screen up to the last byte that can be reached, and one byte more. */
static void test_reach(void **state)
{
	(void)state;
	for (uint32_t over = 0; over < 2; over++) {
		const struct boot_info info = {
			.fb = { .mem = { ARCH_REACH - PAGE_SIZE, PAGE_SIZE + over }, .format = 1 },
		};
		struct reach reach = { .map = map, .n = 1 };

		n = 1;
		map[0] = (struct boot_mem){ ARCH_REACH - MIB, 2 * MIB, BOOT_MEM_FREE, 8 };
		assert_int_equal(keep_in_use(&info, &reach, map, &n, CAP), OK);
		assert_int_equal(type_at(ARCH_REACH - PAGE_SIZE - 1), BOOT_MEM_FREE);
		assert_int_equal(type_at(ARCH_REACH - PAGE_SIZE),
				 over ? BOOT_MEM_FREE : BOOT_MEM_MMIO);
		assert_int_equal(type_at(ARCH_REACH - 1), over ? BOOT_MEM_FREE : BOOT_MEM_MMIO);
		assert_int_equal(type_at(ARCH_REACH), BOOT_MEM_FREE);
	}
}

/* A root table that lists nothing is kept; one that is shorter than its header is not. */
static void test_root(void **state)
{
	const struct boot_mem reachable = { page(0), sizeof(memory), BOOT_MEM_FREE, 0 };
	const struct boot_info info = { .acpi_rsdp = page(4) + 16 };

	(void)state;
	for (uint32_t cut = 0; cut < 2; cut++) {
		struct reach reach = { .map = &reachable, .n = 1 };

		tables_make(2);
		table(6, "XSDT", sizeof(struct acpi_header) - cut);
		n = 1;
		map[0] = (struct boot_mem){ page(0), sizeof(memory), BOOT_MEM_FREE, 8 };
		assert_int_equal(keep_in_use(&info, &reach, map, &n, CAP), OK);
		assert_int_equal(type_at(page(6)), cut ? BOOT_MEM_FREE : BOOT_MEM_ACPI);
		assert_int_equal(type_at(page(8)), BOOT_MEM_FREE);
	}
}

/* Any of these pages can be read; the map has more. */
static void keep_all(void)
{
	const struct boot_mem reachable = { page(0), sizeof(memory), BOOT_MEM_FREE, 0 };
	const struct boot_info info = { .acpi_rsdp = page(4) + 16 };
	struct reach reach = { .map = &reachable, .n = 1 };

	n = 1;
	map[0] = (struct boot_mem){ page(0), 2 * MIB, BOOT_MEM_FREE, 8 };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, CAP), OK);
}

static void test_lengths(void **state)
{
	struct acpi_fadt *fadt = (void *)(memory[8] + 8);

	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		tables_make(2);
		table(12, "SSDT", MIB + more);
		keep_all();
		assert_int_equal(type_at(page(12) + MIB), more ? BOOT_MEM_FREE : BOOT_MEM_ACPI);
		tables_make(2);
		table(10, "DSDT", MIB + more);
		keep_all();
		assert_int_equal(type_at(page(10) + MIB), BOOT_MEM_ACPI);
		assert_int_equal(type_at(page(11) + MIB), BOOT_MEM_FREE);
		tables_make(2);			/* only a FADT names a DSDT */
		((struct acpi_fadt *)(memory[12] + 8))->dsdt = (uint32_t)page(14) + 8;
		table(14, "DSDT", 40);
		keep_all();
		assert_int_equal(type_at(page(14)), BOOT_MEM_FREE);
		tables_make(2);
		fadt->dsdt = (uint32_t)page(14) + 8;
		table(14, "DSDT", 40);
		table(8, "FACP", offsetof(struct acpi_fadt, x_pm1a_event) - more);
		keep_all();
		assert_int_equal(type_at(page(10)), more ? BOOT_MEM_FREE : BOOT_MEM_ACPI);
		assert_int_equal(type_at(page(14)), more ? BOOT_MEM_ACPI : BOOT_MEM_FREE);
	}
}

/* If the XSDT is none, what the RSDT names is kept, as that is what is used then. */
static void test_older(void **state)
{
	enum { GOOD, NONE, FAR, OTHER, SHORT, CUT, KINDS };
	struct acpi_header *const xsdt = (void *)(memory[6] + 8);
	struct acpi_rsdp *const r = (void *)(memory[4] + 16);
	const uint32_t entry = (uint32_t)page(14) + 8;

	(void)state;
	for (uint32_t kind = GOOD; kind < KINDS; kind++) {
		tables_make(2);
		table(14, "SSDT", 40);
		table(16, "RSDT", sizeof(struct acpi_header) + sizeof(entry));
		memcpy(memory[16] + 8 + sizeof(struct acpi_header), &entry, sizeof(entry));
		r->rsdt = (uint32_t)page(16) + 8;
		r->xsdt = kind == NONE ? 0 : kind == FAR ? UINT64_MAX - 7 : r->xsdt;
		xsdt->signature[0] = kind == OTHER ? 'x' : 'X';
		xsdt->length = kind == SHORT ? sizeof(*xsdt) - 1 :
			       kind == CUT ? 58 * PAGE_SIZE : xsdt->length;
		keep_all();
		for (uint32_t older = 0; older < 2; older++) {
			const uint32_t want = older == (kind != GOOD) ? BOOT_MEM_ACPI :
					      BOOT_MEM_FREE;

			assert_int_equal(type_at(page(older ? 16 : 6)), want);
			assert_int_equal(type_at(page(older ? 14 : 12)), want);
		}
	}
}

/* A root table longer than any that firmware makes: every entry that is used counts. */
static void test_root_long(void **state)
{
	uint64_t entry[1025] = { 0 };
	struct acpi_rsdp *const r = (void *)(memory[4] + 16);

	(void)state;
	tables_make(2);
	table(50, "XSDT", sizeof(struct acpi_header) + sizeof(entry));
	entry[0] = page(8) + 8;
	entry[1023] = page(12) + 8;
	entry[1024] = page(40) + 8;
	memcpy(memory[50] + 8 + sizeof(struct acpi_header), entry, sizeof(entry));
	r->xsdt = page(50) + 8;
	keep_all();
	assert_int_equal(type_at(page(52)), BOOT_MEM_ACPI);
	assert_int_equal(type_at(page(8)), BOOT_MEM_ACPI);
	assert_int_equal(type_at(page(12)), BOOT_MEM_ACPI);
	assert_int_equal(type_at(page(40)), BOOT_MEM_FREE);
}

/* In each of many ranges, keep the first page, the last one, or all; and nothing next to it. */
static void test_many(void **state)
{
	struct boot_info info = { .fb = { .format = 1 } };

	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		for (uint32_t first = 0; first < 3; first++)
			for (uint32_t pages = 1; pages <= 3 - first; pages++) {
				n = 16;
				for (uint32_t k = 0; k < n; k++)
					map[k] = (struct boot_mem){
						ARCH_REACH - (n - k) * 3 * PAGE_SIZE, 3 * PAGE_SIZE,
						k % 4 == 3 ? BOOT_MEM_RESERVED : BOOT_MEM_FREE, k,
					};
				info.fb.mem = (struct boot_range){
					map[i].base + first * PAGE_SIZE, pages * PAGE_SIZE
				};
				assert_int_equal(keep_in_use(&info, NULL, map, &n, CAP), OK);
				for (uint64_t k = 0; k < 48; k++) {
					const bool fb = k - (3 * i + first) < pages;

					assert_int_equal(type_at(ARCH_REACH - (48 - k) * PAGE_SIZE),
							 k / 3 % 4 == 3 ? BOOT_MEM_RESERVED :
							 fb ? BOOT_MEM_MMIO : BOOT_MEM_FREE);
				}
				assert_true(n == 16u + (i % 4 == 3 ? 0 :
							(first > 0) + (first + pages < 3)));
				for (uint32_t k = 1; k < n; k++)
					assert_true(map[k].base == map[k - 1].base +
								   map[k - 1].size && map[k].size);
			}
}

/* Nothing there, and nonsense: the map is as it was. */
static void test_nothing(void **state)
{
	struct boot_info info = { 0 };
	struct reach reach = { .map = map, .n = 1 };

	(void)state;
	n = 1;
	map[0] = (struct boot_mem){ page(0), sizeof(memory), BOOT_MEM_FREE, 8 };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, 1), OK);
	info.acpi_rsdp = info.smbios = UINT64_MAX - 5;
	info.fb.mem = (struct boot_range){ page(0), UINT64_MAX };
	info.fb.format = 1;
	info.uart = (struct boot_uart){ .base = page(3), .type = 1, .is_port = 1 };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, 1), OK);
	assert_int_equal(n, 1);
	info.uart = (struct boot_uart){ .base = page(3), .type = BOOT_UART_CALL };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, 1), OK);
	assert_int_equal(n, 1);
	n = 0;
	assert_int_equal(keep_in_use(&info, NULL, map, &n, 1), OK);
	assert_int_equal(n, 0);
}

/* A screen of no bytes or out of reach, and what is past the map's end, change nothing. */
static void test_edges(void **state)
{
	const struct boot_range fb[] = {
		{ page(3), 0 }, { page(3) + 5, 0 }, { ARCH_REACH, PAGE_SIZE },
		{ ARCH_REACH + PAGE_SIZE, PAGE_SIZE }, { ARCH_REACH - PAGE_SIZE, 2 * PAGE_SIZE },
		{ page(PAGES_ALL), PAGE_SIZE },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(fb); i++) {
		const struct boot_info info = { .fb = { .mem = fb[i], .format = 1 } };

		n = 2;
		map[0] = (struct boot_mem){ page(0), sizeof(memory), BOOT_MEM_FREE, 8 };
		map[1] = (struct boot_mem){ ARCH_REACH - GIB, 2 * GIB, BOOT_MEM_FREE, 8 };
		map[2] = (struct boot_mem){ page(PAGES_ALL), GIB, BOOT_MEM_FREE, 8 };
		if (i == 5)
			map[n = 1] = map[2];
		assert_int_equal(keep_in_use(&info, NULL, map, &n, CAP), OK);
		assert_int_equal(n, i == 5 ? 1 : 2);
		assert_true(map[0].size == sizeof(memory) && map[0].type == BOOT_MEM_FREE);
		assert_true(map[1].type == BOOT_MEM_FREE);
	}
}

/* A table that begins exactly where the range of the one before ends. */
static void test_beside(void **state)
{
	const struct boot_mem reachable = { page(0), sizeof(memory), BOOT_MEM_FREE, 0 };
	const struct boot_info info = { .acpi_rsdp = page(4) + 16 };
	struct reach reach = { .map = &reachable, .n = 1 };
	const uint64_t entry = page(8);

	(void)state;
	tables_make(2);
	table(6, "XSDT", sizeof(struct acpi_header) + 8);
	memcpy(memory[6] + 8 + sizeof(struct acpi_header), &entry, sizeof(entry));
	memcpy(memory[8], "SSDT\x28\0\0", 8);
	n = 2;
	map[0] = (struct boot_mem){ page(0), 8 * PAGE_SIZE, BOOT_MEM_ACPI, 8 };
	map[1] = (struct boot_mem){ page(8), 8 * PAGE_SIZE, BOOT_MEM_FREE, 8 };
	assert_int_equal(keep_in_use(&info, &reach, map, &n, CAP), OK);
	assert_int_equal(type_at(page(8)), BOOT_MEM_ACPI);
	assert_int_equal(type_at(page(9)), BOOT_MEM_FREE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types), cmocka_unit_test(test_reach),
		cmocka_unit_test(test_root), cmocka_unit_test(test_root_long),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_many), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
