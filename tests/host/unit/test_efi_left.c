/* SPDX-License-Identifier: MIT */
/* test_efi_left.c - UEFI after an operating system: virtual pointers, and Linux's lists. */
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"
#include "lib/efi_protocols.h"
#include "stub/raw/efi_left.h"

#define DESC		48
#define MOVED		0xfffffffe00000000ull	/* virtual base of runtime memory */
#define DEVICE_LIST \
	{ 0x888eb0c6, 0x8ede, 0x4ff5, { 0xa8, 0xf0, 0x9a, 0xee, 0x5c, 0xb9, 0x77, 0xc2 } }

static struct stub stub;
static struct raw raw;
static struct efi_left left;

/* Firmware's data, in one range of runtime memory. */
static struct world {
	struct efi_system_table systab;
	struct efi_configuration_table table[4];
	uint16_t vendor[DRAFT_VENDOR_MAX];
} *world;

static struct boot_range readable[5];	/* nothing else can be read */

bool raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	(void)r;
	for (uint32_t i = 0; i < ARRAY_SIZE(readable); i++)
		if (base - readable[i].base < readable[i].size &&
		    size <= readable[i].size - (base - readable[i].base))
			return true;
	return false;
}

static void *reachable(uint32_t i, size_t size)
{
	void *p = low(size);

	readable[i] = (struct boot_range){ (uint64_t)p, size };
	return p;
}

static void *moved(const void *p)
{
	return (void *)((uint64_t)p - ALIGN_DOWN((uint64_t)world, PAGE_SIZE) + MOVED);
}

static struct efi_memory_descriptor *desc(uint32_t i)
{
	return (void *)(left.map + i * DESC);
}

/* Firmware whose pointers SetVirtualAddressMap has changed. */
static void start(void)
{
	memset(&stub, 0, sizeof(stub));
	memset(&raw, 0, sizeof(raw));
	world = reachable(0, sizeof(*world));
	left = (struct efi_left){
		.systab = (uint64_t)world, .map = (uint64_t)reachable(1, 3 * DESC),
		.size = 3 * DESC, .desc_size = DESC,
	};
	*desc(0) = (struct efi_memory_descriptor){
		.type = EFI_CONVENTIONAL, .physical_start = 0x100000, .pages = 16,
	};
	*desc(1) = (struct efi_memory_descriptor){
		.type = EFI_RUNTIME_DATA, .attribute = EFI_MEMORY_RUNTIME, .pages = 2,
		.physical_start = ALIGN_DOWN((uint64_t)world, PAGE_SIZE), .virtual_start = MOVED,
	};
	*desc(2) = (struct efi_memory_descriptor){
		.type = EFI_MMIO, .physical_start = 0xf0000000, .pages = 1,
	};
	memcpy(world->vendor, u"Who", sizeof(u"Who"));
	world->table[0] = (struct efi_configuration_table){ EFI_ACPI_20_TABLE_GUID,
							    (void *)0x1000 };
	world->table[1] = (struct efi_configuration_table){ EFI_SMBIOS_TABLE_GUID, (void *)0x2000 };
	world->table[2] = (struct efi_configuration_table){ EFI_MEMORY_ATTRIBUTES_TABLE_GUID,
							    (void *)0x3000 };
	world->systab = (struct efi_system_table){
		.hdr = { .signature = EFI_SYSTAB_SIGNATURE, .revision = 2 << 16 | 70 },
		.vendor = moved(world->vendor), .runtime = moved(&world->table),
		.tables = 3, .table = moved(world->table),
	};
}

static void found(void)
{
	const struct boot_info *info = &stub.draft.info;

	assert_true(info->acpi_rsdp == 0x1000 && info->smbios == 0x2000);
	assert_true(info->efi_systab == (uint64_t)world && info->efi_revision == (2 << 16 | 70));
	assert_true(info->efi_memattr == 0 && !(info->flags & BOOT_RUNTIME_OK));
}

static void test_moved(void **state)
{
	(void)state;
	start();
	fake_cpu.cleans = 0;
	assert_true(efi_left_collect(&stub.draft, &raw, &left));
	assert_true(fake_cleaned(left.map, left.size));		/* the caches may be off */
	assert_true(fake_cleaned((uint64_t)world, sizeof(world->systab)));
	assert_int_equal(raw.n, 3);
	assert_int_equal(raw.map[0].type, BOOT_MEM_FREE);
	found();
	assert_true(stub.draft.info.efi_runtime == (uint64_t)&world->table);
	assert_int_equal(stub.draft.vendor_len, 3);
	assert_memory_equal(stub.draft.vendor, "Who", 3);
	for (uint64_t i = 0; i < 2; i++) {	/* the last byte that was moved, and the next */
		const uint64_t at = MOVED + 2 * PAGE_SIZE - 1 + i;

		start();
		world->systab.runtime = (void *)at;
		assert_true(efi_left_collect(&stub.draft, &raw, &left));
		assert_true(stub.draft.info.efi_runtime ==
			    (i ? at : desc(1)->physical_start + 2 * PAGE_SIZE - 1));
	}
}

/* As kexec passes it on a PC: then the loader's own table says what is free. */
static void test_runtime_only(void **state)
{
	(void)state;
	start();
	*desc(0) = *desc(2);
	assert_false(efi_left_collect(&stub.draft, &raw, &left));
	assert_int_equal(raw.n, 0);
	found();
}

/* A loader that only left UEFI. No map: nothing was moved. */
static void test_not_moved(void **state)
{
	(void)state;
	start();
	desc(1)->virtual_start = 0;
	world->systab.table = world->table;
	world->systab.vendor = NULL;
	assert_true(efi_left_collect(&stub.draft, &raw, &left));
	found();
	start();
	left.size = 0;
	world->systab.table = world->table;
	assert_false(efi_left_collect(&stub.draft, &raw, &left));
	assert_int_equal(raw.n, 0);
	found();
	assert_int_equal(stub.draft.vendor_len, 0);	/* its pointer leads nowhere */
}

#define NO_TABLES(change)                                                       \
	do {                                                                    \
		start();                                                        \
		change;                                                         \
		assert_true(efi_left_collect(&stub.draft, &raw, &left));                      \
		if (stub.draft.info.acpi_rsdp)                                  \
			fail_msg("tables were found with " #change);            \
	} while (0)

static void test_no_tables(void **state)
{
	(void)state;
	NO_TABLES(left.systab++);
	NO_TABLES(left.systab = 0);
	NO_TABLES(world->systab.hdr.signature++);
	NO_TABLES(world->systab.table = NULL);
	NO_TABLES(world->systab.tables = 5 * PAGE_SIZE);
	NO_TABLES(world->systab.tables = UINT64_MAX / 8);
	NO_TABLES(world->systab.table = (void *)((uint64_t)moved(world->table) + 4));
	NO_TABLES(world->systab.table = (void *)(MOVED + 2 * PAGE_SIZE));
	NO_TABLES(desc(1)->attribute = 0);
	NO_TABLES(desc(1)->physical_start = 0x5000);
}

struct list {
	uint32_t room, count;
	uint64_t next;
	struct boot_range entry[2];
};

static struct list *device_list(void)
{
	struct list *a, *b;

	start();
	a = reachable(2, sizeof(*a));
	b = reachable(3, sizeof(*b));
	*a = (struct list){ 2, 2, (uint64_t)b, { { 0x110000, 0x1000 }, { 0x130000, 0x2000 } } };
	*b = (struct list){ 2, 1, 0, { { 0x140000, 0x1000 }, { 0x150000, 0x1000 } } };
	world->table[3] = (struct efi_configuration_table){ DEVICE_LIST, a };
	world->systab.tables = 4;
	return a;
}

static void test_devices(void **state)
{
	struct list *a = device_list();

	(void)state;
	assert_true(efi_left_collect(&stub.draft, &raw, &left));
	assert_int_equal(raw.n, 6);
	for (uint32_t i = 3; i < 6; i++)
		assert_int_equal(raw.map[i].type, BOOT_MEM_RESERVED);
	assert_true(raw.map[4].base == 0x130000 && raw.map[5].base == 0x140000);
	a = device_list();
	a->next = (uint64_t)a;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left),
		      "list of reserved memory damaged");
	a = device_list();
	a->count = 0;
	a->next = (uint64_t)a;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left),
		      "list of reserved memory damaged");
	a = device_list();
	a->count = 3;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left),
		      "list of reserved memory damaged");
	a = device_list();
	a->count = UINT32_MAX;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left),
		      "list of reserved memory damaged");
	a = device_list();
	a->count = 4097;			/* of an address space that is memory by its map */
	a->room = UINT32_MAX;
	readable[2].size = 1ull << 40;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left),
		      "list of reserved memory damaged");
	a = device_list();
	a->next = 4;
	assert_panics(efi_left_collect(&stub.draft, &raw, &left), "reserved memory damaged at 0x4");
}

/* Two tables for every CPU of a large machine, listed on many pages. */
static void test_many_devices(void **state)
{
	static struct { uint32_t room, count; uint64_t next; struct boot_range entry[4096]; } list;
	const uint32_t n = 1500;
	uint64_t seed = 5;

	(void)state;
	*device_list() = (struct list){ .next = (uint64_t)&list };
	list.room = 4096;
	list.count = n;
	readable[4] = (struct boot_range){ (uint64_t)&list, sizeof(list) };
	for (uint32_t i = 0; i < n; i++)
		list.entry[i] = (struct boot_range){
			0x10000000 + (i * 7919u % n) * 0x40000, 0x10000 + (rnd(&seed) & 0x1f000),
		};
	assert_true(efi_left_collect(&stub.draft, &raw, &left));
	assert_int_equal(raw.n, RAW_RANGES);
	for (uint32_t i = 0; i < n; i++) {
		const struct boot_range *e = &list.entry[i];
		bool kept = false;

		for (uint32_t k = 0; k < raw.n; k++)
			kept |= raw.map[k].type == BOOT_MEM_RESERVED &&
				e->base >= raw.map[k].base && raw.map[k].size >=
				e->size + (e->base - raw.map[k].base);
		assert_true(kept);
	}
	for (uint32_t k = 0; k < raw.n; k++)	/* and not by one huge range */
		assert_true(raw.map[k].type != BOOT_MEM_RESERVED || raw.map[k].size < 0x400000);
}

/* What a loader calls free is forgotten, up to its last entry. */
static void test_full(void **state)
{
	(void)state;
	start();
	raw.n = RAW_RANGES;
	for (uint64_t i = 0; i < RAW_RANGES; i++)
		raw.map[i] = (struct boot_mem){ (i + 1) * GIB, GIB / 2, BOOT_MEM_FREE, 0 };
	assert_true(efi_left_collect(&stub.draft, &raw, &left));
	assert_true(raw.n == 3 && raw.lost == 0);
}

/* The name is read if all that it may have can be, and from an even address. */
static void test_vendor(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		uint8_t *name;

		start();
		name = reachable(2, sizeof(world->vendor) + 2);
		memcpy(name + (i == 1), u"Who", sizeof(u"Who"));
		world->systab.vendor = (uint16_t *)(name + (i == 1));
		if (i == 2)
			readable[2].size = sizeof(world->vendor);
		if (i == 3)
			readable[2].size = sizeof(world->vendor) - 1;
		fake_cpu.cleans = 0;
		assert_true(efi_left_collect(&stub.draft, &raw, &left));
		found();
		assert_int_equal(stub.draft.vendor_len, i & 1 ? 0 : 3);
		assert_int_equal(fake_cleaned((uint64_t)name, sizeof(world->vendor)), !(i & 1));
	}
	readable[2] = (struct boot_range){ 0, 0 };
}

/* As many tables as there may be, the last of which counts, and one more. */
static void test_table_count(void **state)
{
	(void)state;
	for (uint64_t n = EFI_TABLES_MAX; n <= EFI_TABLES_MAX + 1; n++) {
		struct efi_configuration_table *t;

		start();
		t = reachable(2, n * sizeof(*t));
		t[n - 1] = world->table[0];
		world->systab.table = t;
		world->systab.tables = n;
		assert_true(efi_left_collect(&stub.draft, &raw, &left));
		assert_true(stub.draft.info.acpi_rsdp == (n == EFI_TABLES_MAX ? 0x1000 : 0));
	}
	readable[2] = (struct boot_range){ 0, 0 };
}

/* Maps of many entries, of which only the last is free, and of sizes that are not believed. */
static void test_map_size(void **state)
{
	static const struct { uint64_t size, desc_size; bool good; } all[] = {
		{ MIB, 64, true }, { MIB + 64, 64, false }, { 0, 64, false }, { 64, 64, true },
		{ 32 * 64, 64, true }, { 33 * 64, 64, true }, { 40, 40, true },
		{ 32, 32, false }, { 44 * 3, 44, false }, { 100, 48, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		start();
		left.size = all[i].size;
		left.desc_size = all[i].desc_size;
		left.map = (uint64_t)reachable(2, MIB + 64);
		*(struct efi_memory_descriptor *)(left.map + (left.size - left.desc_size) *
						  all[i].good) =
			(struct efi_memory_descriptor){ .type = EFI_CONVENTIONAL, .pages = 3,
							.physical_start = 0x300000 };
		raw_add(&raw, 0x100000, 0x1000, BOOT_MEM_FREE);
		raw_add(&raw, 0x200000, 0x1000, BOOT_MEM_RESERVED);
		assert_int_equal(efi_left_collect(&stub.draft, &raw, &left), all[i].good);
		assert_int_equal(raw.map[0].size, all[i].good ? 0 : 0x1000);
		assert_int_equal(raw.map[1].size, 0x1000);
		if (all[i].good)
			assert_true(raw.map[raw.n - 1].base == 0x300000 &&
				    raw.map[raw.n - 1].size == 3 * PAGE_SIZE &&
				    raw.map[raw.n - 1].type == BOOT_MEM_FREE);
	}
	readable[2] = (struct boot_range){ 0, 0 };
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moved), cmocka_unit_test(test_runtime_only),
		cmocka_unit_test(test_not_moved), cmocka_unit_test(test_no_tables),
		cmocka_unit_test(test_devices), cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_full), cmocka_unit_test(test_vendor),
		cmocka_unit_test(test_table_count), cmocka_unit_test(test_map_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
