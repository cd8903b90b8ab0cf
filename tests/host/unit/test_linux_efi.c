/* SPDX-License-Identifier: MIT */
/* test_linux_efi.c - boot_params of loaders that left UEFI, 64-bit or 32-bit, for us. */
#include "tests/host/unit/linux.h"
#include "lib/efi_protocols.h"

#define EFI_DESC	48

static uint8_t *efi_world(uint32_t n, struct efi_system_table **systab)
{
	uint8_t *map = low(n * EFI_DESC);

	start();
	*systab = low(sizeof(**systab));
	params->efi = (struct linux_efi){
		.signature = LINUX_EFI_64, .systab = (uint32_t)(uint64_t)*systab,
		.desc_size = EFI_DESC, .desc_version = 1, .map = (uint32_t)(uint64_t)map,
		.map_size = n * EFI_DESC,
	};
	for (uint32_t i = 0; i < n; i++)
		*(struct efi_memory_descriptor *)(map + i * EFI_DESC) =
			(struct efi_memory_descriptor){
				.type = i % 2 ? EFI_RUNTIME_DATA : EFI_CONVENTIONAL,
				.physical_start = i * 0x10000, .pages = 16, .attribute = 8,
			};
	return map;
}

static void test_efi(void **state)
{
	struct efi_system_table *systab;

	(void)state;
	efi_world(6, &systab);
	collect();
	assert_int_equal(raw.n, 6);
	assert_int_equal(raw.map[1].type, BOOT_MEM_RUNTIME_DATA);
	efi_world(6, &systab);
	params->initrd = 0x20000;
	params->initrd_size = 0x10000;
	collect();
	assert_int_equal(stub.draft.module[DRAFT_INITRD].kind, BOOT_MODULE_INITRD);
	efi_world(RAW_RANGES, &systab);
	collect();
	assert_int_equal(raw.n, RAW_RANGES);
}

/* A loader that has copied the file's own first page. */
static void test_sentinel_Q113(void **state)
{
	struct efi_system_table *systab;

	(void)state;
	efi_world(6, &systab);
	params->sentinel = 0xff;
	params->acpi_rsdp = 0xe0000;
	params->secure_boot = LINUX_SECURE_ON;
	collect();
	assert_int_equal(raw.n, 6);
	assert_true(stub.draft.info.acpi_rsdp == 0xf0000);	/* not what that page has there */
	assert_false(stub.draft.info.flags & BOOT_SECURE_BOOT);
}

#define TABLES	(EFI32_TABLES + 1)

/* ACPI's address from 32-bit firmware that has n tables, of which the last is ACPI's. */
static uint64_t acpi32(uint32_t n, void (*change)(struct efi32_system_table *))
{
	static const struct efi_guid acpi = EFI_ACPI_20_TABLE_GUID;
	static struct efi32_configuration_table *t;
	static struct efi32_system_table *narrow;
	struct efi_system_table *systab;

	if (!t) {
		narrow = low(sizeof(*narrow) + 8);
		t = low(TABLES * sizeof(*t) + 4);
	}
	memset(t, 0, TABLES * sizeof(*t));
	memset(narrow, 0, sizeof(*narrow));
	if (n)
		t[n - 1] = (struct efi32_configuration_table){ .guid = acpi, .table = 0xe1234 };
	narrow->hdr.signature = EFI_SYSTAB_SIGNATURE;
	narrow->tables = n;
	narrow->table = (uint32_t)(uint64_t)t;
	efi_world(6, &systab);
	params->efi.signature = LINUX_EFI_32;
	params->efi.systab = (uint32_t)(uint64_t)narrow;
	if (change)
		change(narrow);
	collect();
	assert_int_equal(raw.n, 6);			/* none of the false descriptors */
	return stub.draft.info.acpi_rsdp;
}

static void move_systab(struct efi32_system_table *t, uint32_t by)
{
	memmove((uint8_t *)t + by, t, sizeof(*t));
	params->efi.systab += by;
}

static void odd_systab(struct efi32_system_table *t)
{
	move_systab(t, 2);
}

static void systab_at_4(struct efi32_system_table *t)
{
	move_systab(t, 4);
}

static void no_systab(struct efi32_system_table *t)
{
	(void)t;
	params->efi.systab = 0xfffffff0;
}

static void another_signature(struct efi32_system_table *t)
{
	t->hdr.signature++;
}

static void odd_tables(struct efi32_system_table *t)
{
	memmove((uint8_t *)(uint64_t)t->table + 2, (void *)(uint64_t)t->table,
		sizeof(struct efi32_configuration_table));
	t->table += 2;
}

static void tables_beyond(struct efi32_system_table *t)
{
	t->table = 0xfffffff0;
}

static void many_tables(struct efi32_system_table *t)
{
	t->tables = UINT32_MAX;
}

static void tables_at_0(struct efi32_system_table *t)
{
	t->table = 0;
}

/* 32-bit firmware's tables are packed more tightly; its map is the same. */
static void test_efi32(void **state)
{
	static void (*const lies[])(struct efi32_system_table *) = {
		odd_systab, no_systab, another_signature, odd_tables, tables_beyond, many_tables,
		tables_at_0,
	};
	const uint64_t without = 0xf0000;		/* the address in boot_params */

	(void)state;
	assert_int_equal(acpi32(0, NULL), without);
	assert_int_equal(acpi32(1, NULL), 0xe1234);
	assert_int_equal(acpi32(2, NULL), 0xe1234);
	assert_int_equal(acpi32(2, systab_at_4), 0xe1234);
	assert_int_equal(acpi32(EFI32_TABLES, NULL), 0xe1234);
	assert_int_equal(acpi32(EFI32_TABLES + 1, NULL), without);
	for (uint32_t i = 0; i < ARRAY_SIZE(lies); i++)
		if (acpi32(1, lies[i]) != without)
			fail_msg("lie %u is believed", i);
}

#define NO_EFI(descs, change)                                                    \
	do {                                                                    \
		struct efi_system_table *systab;                                \
		efi_world(descs, &systab);                                      \
		params->efi.change;                                             \
		collect();                                                      \
		if (raw.n != 1)                                                 \
			fail_msg("UEFI's map was taken with " #change);         \
	} while (0)

/* Then only the loader's own table counts. */
static void test_no_efi(void **state)
{
	(void)state;
	NO_EFI(6, signature = 0x46464c45);
	NO_EFI(6, desc_size = 0);
	NO_EFI(6, desc_size = 24);
	NO_EFI(6, desc_size = 52);
	NO_EFI(6, map_size = 0);
	NO_EFI(6, map_size -= 1);
	NO_EFI(6, map_size = UINT32_MAX / EFI_DESC * EFI_DESC);
	NO_EFI(6, map_high = 5);
	NO_EFI(6, map += 4);
}

/* a long map left by firmware and its drivers; most entries are alike and adjacent. */
static void test_long_map(void **state)
{
	const uint32_t n = MIB / EFI_DESC;
	struct efi_system_table *systab;
	uint8_t *map = efi_world(n, &systab);
	uint64_t free = 0;

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		struct efi_memory_descriptor *d = (void *)(map + i * EFI_DESC);

		d->type = i % 3 ? EFI_BOOT_DATA : EFI_LOADER_CODE;
		if (i % 100 == 0)
			d->type = EFI_CONVENTIONAL;
		if (i == n - 1)
			d->pages = 16000, d->type = EFI_CONVENTIONAL;
		if (i == 1000)
			d->type = EFI_ACPI_NVS;
	}
	collect();
	assert_true(raw.n <= RAW_RANGES && !raw.lost);
	for (uint32_t i = 0; i < raw.n; i++) {
		const struct boot_mem *m = &raw.map[i];

		free += m->type == BOOT_MEM_FREE ? m->size : 0;
		assert_true(m->type <= BOOT_MEM_RECLAIM ||
			    (m->type == BOOT_MEM_NVS && m->base == 1000 * 0x10000));
		assert_int_equal(m->cache, 8);
	}
	assert_true(free >= 16000 * PAGE_SIZE);
}

/* The same with the loader's own map: boot_params and the lists after it. */
static void test_long_e820(void **state)
{
	const uint32_t n = 5000;
	struct linux_setup_data *node = low(sizeof(*node) + n * sizeof(struct linux_e820));
	struct linux_e820 *e = (void *)(node + 1);

	(void)state;
	start();
	*node = (struct linux_setup_data){ 0, LINUX_DATA_E820, n * sizeof(*e) };
	params->setup_data = (uint64_t)node;
	for (uint32_t i = 0; i < n; i++)		/* downwards: alike, adjacent */
		e[i] = (struct linux_e820){ 0x100000000 - (i + 1) * 0x1000, 0x1000, 1 };
	collect();
	assert_true(raw.n < RAW_RANGES && !raw.lost);
	start();
	params->setup_data = (uint64_t)node;
	for (uint32_t i = 0; i < n; i++)		/* with gaps, each larger than the last */
		e[i] = (struct linux_e820){ i * 0x1000000ull, 0x1000 * (1 + i % 4096), 1 + i % 2 };
	collect();
	assert_int_equal(raw.n, RAW_RANGES);
	assert_true(raw.lost);
}

/* Empty ranges count: garbage as a size must not be read to its end. */
static void test_endless_e820(void **state)
{
	const uint32_t size = sizeof(struct linux_e820), most = RAW_BEYOND * size;
	struct linux_setup_data *node = low(sizeof(*node) + most + size);

	(void)state;
	for (uint32_t over = 0; over < 2; over++) {
		start();
		*node = (struct linux_setup_data){ 0, LINUX_DATA_E820, most + over * size };
		params->setup_data = (uint64_t)node;
		if (over)
			assert_panics(collect(), "memory map: more than 65536 ranges");
		else
			collect();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_efi), cmocka_unit_test(test_sentinel_Q113),
		cmocka_unit_test(test_efi32), cmocka_unit_test(test_no_efi),
		cmocka_unit_test(test_long_map), cmocka_unit_test(test_long_e820),
		cmocka_unit_test(test_endless_e820),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
