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

/* 32-bit firmware's tables are packed more tightly; its map is the same. */
static void test_efi32(void **state)
{
	static const struct efi_guid acpi = EFI_ACPI_20_TABLE_GUID;
	struct efi32_configuration_table *t = low(2 * sizeof(*t));
	struct efi32_system_table *narrow = low(sizeof(*narrow));
	struct efi_system_table *systab;

	(void)state;
	t[1] = (struct efi32_configuration_table){ .guid = acpi, .table = 0xe1234 };
	narrow->hdr.signature = EFI_SYSTAB_SIGNATURE;
	narrow->tables = 2;
	narrow->table = (uint32_t)(uint64_t)t;
	efi_world(6, &systab);
	params->efi.signature = LINUX_EFI_32;
	params->efi.systab = (uint32_t)(uint64_t)narrow;
	collect();
	assert_int_equal(raw.n, 6);
	assert_int_equal(stub.draft.info.acpi_rsdp, 0xe1234);
	efi_world(6, &systab);
	params->efi.signature = LINUX_EFI_32;
	params->efi.systab = (uint32_t)(uint64_t)narrow + 2;	/* no place for a table */
	collect();
	assert_int_equal(raw.n, 6);
	assert_int_equal(stub.draft.info.acpi_rsdp, 0xf0000);
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

/* Then the loader's own table is what there is. */
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

/* what firmware and its drivers leave behind; most of it is alike, and meets. */
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

/* The same of the loader's own: boot_params and lists behind it. */
static void test_long_e820(void **state)
{
	const uint32_t n = 5000;
	struct linux_setup_data *node = low(sizeof(*node) + n * sizeof(struct linux_e820));
	struct linux_e820 *e = (void *)(node + 1);

	(void)state;
	start();
	*node = (struct linux_setup_data){ 0, LINUX_DATA_E820, n * sizeof(*e) };
	params->setup_data = (uint64_t)node;
	for (uint32_t i = 0; i < n; i++)		/* downwards: alike, side by side */
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_efi), cmocka_unit_test(test_efi32),
		cmocka_unit_test(test_no_efi), cmocka_unit_test(test_long_map),
		cmocka_unit_test(test_long_e820),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
