/* SPDX-License-Identifier: MIT */
/* test_runtime.c - ResetSystem is called if all that firmware says of it is right, else not. */
#include "tests/host/unit/runtime_world.h"

static void test_called(void **state)
{
	(void)state;
	prepare();
	assert_int_equal(off(), 1);
	assert_int_equal(seen.maps, 4);		/* flash, too, and no device that is not theirs */
	assert_true(seen.map[0].base == page_of((void *)reset) && seen.map[0].size == PAGE_SIZE);
	assert_int_equal(seen.map[0].perm, ARCH_RX);
	assert_int_equal(seen.map[1].perm, ARCH_RW);
	assert_int_equal(seen.map[2].perm, ARCH_RO);
	assert_true(seen.map[3].base == FLASH && seen.map[3].size == 2 * PAGE_SIZE);
	assert_int_equal(seen.map[3].perm, ARCH_IO);
	assert_false(seen.said);
	assert_true(keep.base == (uint64_t)&table && keep.size == sizeof(table.head) + 3 * PADDED);
}

/* After a fault nothing is called again. */
static void test_fault(void **state)
{
	struct efi_time time;

	(void)state;
	prepare();
	seen.faults = true;
	assert_int_equal(off(), 0);
	assert_true(seen.said);
	assert_non_null(efi_runtime_start());
	seen.faults = false;
	efi_reset(EFI_RESET_COLD);
	assert_int_equal(seen.resets, 0);
	assert_true(efi_get_time(&time) == EFI_UNSUPPORTED);
	prepare();
	services.get_time = (void *)&services;		/* not code */
	efi_runtime_read(&bi, &keep);
	assert_true(efi_get_time(&time) == EFI_UNSUPPORTED);
	assert_null(efi_runtime_start());
	efi_reset(EFI_RESET_SHUTDOWN);
	assert_int_equal(seen.resets, 1);
}

/* Nor after a call that has not returned. Services that may write to flash get more time. */
static void test_hang(void **state)
{
	struct efi_variable v = { 0 };
	struct efi_time time;

	(void)state;
	prepare();
	seen.hangs = true;
	services.set_variable = (void *)reset;
	assert_int_equal(off(), 0);
	assert_true(seen.said && seen.timeout == 60 * NS_PER_S);
	assert_int_equal(seen.abandoned, 1);
	assert_non_null(efi_runtime_start());
	seen.hangs = false;
	efi_reset(EFI_RESET_COLD);
	assert_int_equal(seen.resets, 0);
	prepare();
	seen.hangs = true;
	services.set_variable = (void *)reset;
	efi_runtime_read(&bi, &keep);
	assert_true(efi_variable_set(&v, 0, "", 0) == EFI_ABORTED);
	assert_true(seen.timeout == 60 * NS_PER_S);
	prepare();
	seen.hangs = true;
	services.get_time = (void *)reset;
	efi_runtime_read(&bi, &keep);
	assert_true(efi_get_time(&time) == EFI_ABORTED);
	assert_true(seen.timeout == 10 * NS_PER_S);
}

/* Without timers interrupts stay unmasked, for calls from other CPUs. */
static void test_no_timers(void **state)
{
	(void)state;
	prepare();
	seen.no_timers = true;
	assert_int_equal(off(), 1);
}

/* The largest table that is believed. */
static void test_largest(void **state)
{
	static const uint32_t sizes[] = { 200, REGIONS_MAX, REGIONS_MAX + 1 };

	(void)state;
	for (uint32_t n = 0; n < ARRAY_SIZE(sizes); n++) {
		const uint32_t entries = sizes[n];

		prepare();
		for (uint32_t i = 1; i < entries; i++) {
			*entry(i) = *entry(0);
			entry(i)->pages = 0;		/* no memory, and none is mapped */
		}
		table.head.entries = entries;
		bi.efi_memmap.size = 0;
		assert_int_equal(off(), n < 2);
		assert_int_equal(seen.maps, n < 2);
	}
}

/* Where the table itself may lie. */
static void test_table_in(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < BOOT_MEM_TYPES; type++) {
		const bool ok = type == BOOT_MEM_RECLAIM || type == BOOT_MEM_ACPI ||
				type == BOOT_MEM_FREE || type == BOOT_MEM_RUNTIME_DATA ||
				type == BOOT_MEM_NVS;

		prepare();
		for (uint32_t i = 0; i < 3; i++)
			if (map[i].base == (uint64_t)&table)
				map[i].type = type;
		assert_int_equal(off(), ok);
		assert_true(keep.size == (ok ? sizeof(table.head) + 3 * PADDED : 0));
		assert_true(keep.base == (ok ? (uint64_t)&table : 0));
	}
}

/* To its last byte, and with descriptors of any size that is believed. */
static void test_table_size(void **state)
{
	static const uint32_t sizes[] = { 40, PADDED, 1024, 32, 1032 };	/* three are good */

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		const uint32_t each = sizes[i / 2], n = each == 32 ? 1 : ENTRIES;
		struct efi_memory_descriptor d[ENTRIES];

		prepare();
		for (uint32_t k = 0; k < ENTRIES; k++)
			d[k] = *entry(k);
		for (uint32_t k = 0; k < n; k++)
			memcpy((char *)table.entry + k * each, &d[k], sizeof(d[k]));
		table.head.entries = n;
		table.head.desc_size = each;
		for (uint32_t k = 0; k < 3; k++)
			if (map[k].base == (uint64_t)&table)
				map[k].size = sizeof(table.head) + n * each - i % 2;
		assert_int_equal(off(), i < 6 && !(i % 2));
	}
}

/* Of devices those that runtime services use, as far as tables reach; one alone. */
static void test_devices(void **state)
{
	static const struct { uint64_t at, pages; uint32_t type, cut; bool mapped; } all[] = {
		{ FLASH, 1, EFI_MMIO, 0, true }, { FLASH, 1, EFI_MMIO, 1, false },
		{ FLASH + 8, 1, EFI_MMIO, 0, false }, { FLASH, 1, EFI_RESERVED, 0, false },
		{ ARCH_REACH - PAGE_SIZE, 1, EFI_MMIO, 0, true },
		{ ARCH_REACH - PAGE_SIZE, 2, EFI_MMIO, 0, false },
		{ ARCH_REACH, 0, EFI_MMIO, 0, false }, { ARCH_REACH, 1, EFI_MMIO, 0, false },
		{ ARCH_REACH + PAGE_SIZE, 1, EFI_MMIO, 0, false },
	};

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(all); i++) {
		struct efi_memory_descriptor *d = (void *)efi_map[0];

		prepare();
		bi.efi_desc_size = i % 2 ? PADDED : sizeof(*d);
		bi.efi_memmap.size = bi.efi_desc_size - all[i / 2].cut;
		d->physical_start = all[i / 2].at;
		d->pages = all[i / 2].pages;
		d->type = all[i / 2].type;
		assert_int_equal(off(), 1);
		assert_int_equal(seen.maps, ENTRIES + all[i / 2].mapped);
		efi_reset(EFI_RESET_SHUTDOWN);		/* mapped once for all calls */
		assert_int_equal(seen.maps, ENTRIES + all[i / 2].mapped);
		assert_int_equal(seen.resets, 2);
	}
	prepare();
	((struct efi_memory_descriptor *)efi_map[2])->attribute = EFI_MEMORY_RUNTIME;
	assert_int_equal(off(), 1);
	assert_int_equal(seen.maps, ENTRIES + 2);	/* the first and the last */
}

/* Data needs no attributes; and before anything was read there is nothing. */
static void test_data(void **state)
{
	(void)state;
	prepare();
	assert_non_null(efi_runtime_start());
	prepare();
	entry(1)->attribute = 0;
	assert_int_equal(off(), 1);
	assert_int_equal(seen.map[1].perm, ARCH_RW);
}

/* Each of these alone. */
static void test_refused(void **state)
{
	(void)state;
	for (uint32_t i = 0;; i++) {
		prepare();
		switch (i) {
		case 0:		bi.flags = 0; break;
		case 1:		bi.flags |= BOOT_RAM_UNMAPPED; break;
		case 2:		bi.efi_memattr = 0; break;
		case 3:		bi.efi_memattr += 4; break;
		case 4:		table.head.desc_size = PADDED - 4; break;
		case 5:		table.head.desc_size = 32; break;
		case 6:		table.head.desc_size = 8 + ATTRIBUTES_MAX / REGIONS_MAX; break;
		case 7:		entry(0)->attribute = 0; break;	/* may be both */
		case 8:		entry(1)->type = EFI_BOOT_DATA; break;
		case 9:		entry(1)->physical_start += 8; break;
		case 10:	entry(1)->pages = 2; break;		/* more than is there */
		case 11:	entry(1)->pages = (1ull << 52) + 1; break;
		case 12:	services.hdr.signature++; break;
		case 13:	entry(0)->attribute |= EFI_MEMORY_XP; break;
		case 14:	bi.efi_desc_size = 32; break;
		case 15:	seen.refuse = 1; break;
		case 16:	seen.refuse = 4; break;
		case 17:	/* all right, but for where it is */
			memcpy(entry(5), &services, sizeof(services));
			bi.efi_runtime = (uint64_t)entry(5);
			break;
		case 18:	bi.memmap.size = 0; break;
		case 19:	seen.no_memory = true; break;
		default:	return;
		}
		if (off() || seen.said)
			fail_msg("case %u: called", i);
	}
}

static void test_direct(void **state)
{
	(void)state;
	bi.direct_map = 0xffff800000000000;
	runtime.bi = &bi;
	assert_true((uint64_t)direct(0x1234) == 0xffff800000001234);
	bi.direct_map = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_direct), cmocka_unit_test(test_called),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_hang), cmocka_unit_test(test_no_timers),
		cmocka_unit_test(test_largest), cmocka_unit_test(test_table_in),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_table_size),
		cmocka_unit_test(test_devices), cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
