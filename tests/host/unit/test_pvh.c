/* SPDX-License-Identifier: MIT */
/* test_pvh.c - a hypervisor's start_info. */
#include "arch/collect.h"
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"
#include "tests/host/unit/no_uart.h"
#include "stub/raw/pc.h"

static struct stub stub;
static struct raw raw;
static struct pvh_start *info;

/* What the search finds; it has a test of its own. */
void bios_find(struct boot_info *found)
{
	if (!found->acpi_rsdp)
		found->acpi_rsdp = 0xf0000;
	found->smbios = 0xf1000;
}

static uint32_t asked, told;

static uint32_t ask(void *e820, uint32_t room)
{
	static const struct linux_e820 ram = { 0x100000, 0x1000000, 1 };

	assert_true(room >= 128);
	asked++;
	if (told)
		memcpy(e820, &ram, sizeof(ram));
	return told;
}

static const struct pvh_memmap map[] = {
	{ 0, 0x9f000, 1, 0 }, { 0x9f000, 0x1000, 2, 0 }, { 0x100000, 0xf00000, 1, ~0u },
};

static void start(void)
{
	memset(&stub, 0, sizeof(stub));
	raw_begin(&raw);
	raw.n = 0;
	stub.draft.info.entry = BOOT_ENTRY_PVH;
	info = low(sizeof(*info));
	*info = (struct pvh_start){
		.magic = PVH_MAGIC, .version = 1, .memmap_count = ARRAY_SIZE(map),
		.memmap = (uint64_t)low_copy(map, sizeof(map)),
	};
}

static void collect(void)
{
	pvh_collect(&stub.draft, &raw, (uint64_t)info, ask);
}

static void test_whole(void **state)
{
	const struct pvh_module module[] = { { 0x200000, 0x1234, 0, 0 } };

	(void)state;
	start();
	info->cmdline = (uint64_t)low_copy(" a  b", 6);
	info->rsdp = 0xf5000;
	info->modules = 1;
	info->module = (uint64_t)low_copy(module, sizeof(module));
	collect();
	assert_int_equal(raw.n, 4);
	assert_true(raw.map[1].type == BOOT_MEM_NVS && raw.map[1].size == 64 * KIB);
	assert_int_equal(raw.map[2].type, BOOT_MEM_RESERVED);
	assert_string_equal(stub.draft.cmdline, "a  b");
	assert_true(stub.draft.info.acpi_rsdp == 0xf5000);
	assert_true(stub.draft.info.smbios == 0xf1000);		/* start_info has no such field */
	assert_true(stub.draft.module[DRAFT_INITRD].mem.base == 0x200000);
	assert_true(stub.draft.module[DRAFT_INITRD].mem.size == 0x1234);
}

/* What start_info points to need not be aligned. */
static void test_unaligned(void **state)
{
	struct { struct pvh_memmap map[ARRAY_SIZE(map)]; uint8_t odd; } PC_PACKED list;
	struct { struct pvh_module one; uint8_t odd; } PC_PACKED module = {
		.one = { 0x200000, 0x1234, 0, 0 },
	};

	(void)state;
	start();
	memcpy(list.map, map, sizeof(map));
	info->memmap = (uint64_t)low_copy(&list, sizeof(list));
	info->modules = 1;
	info->module = (uint64_t)low_copy(&module, sizeof(module));
	collect();
	assert_true(raw.n == 4 && stub.draft.module[DRAFT_INITRD].mem.size == 0x1234);
}

static void test_minimal(void **state)
{
	static const struct pvh_module one = { 0x200000, 0x1000, 0, 0 };

	(void)state;
	start();
	collect();
	assert_int_equal(raw.n, 4);
	assert_true(stub.draft.info.acpi_rsdp == 0xf0000);
	assert_int_equal(stub.draft.cmdline_len, 0);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	start();
	info->module = (uint64_t)low_copy(&one, sizeof(one));	/* of 0 */
	collect();
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	start();
	info->modules = 1;			/* but no list */
	info->cmdline = 1ull << 40;
	info->rsdp = 1ull << 63;
	collect();
	assert_int_equal(stub.draft.cmdline_len, 0);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
}

/* Of Xen's dom0; public/arch-x86/hvm/start_info.h: version 0 ends before the map. */
static void test_no_map(void **state)
{
	static const struct pvh_start old = { .magic = PVH_MAGIC };

	(void)state;
	start();
	collect();
	assert_false(asked);
	told = 1;
	start();
	info->version = 0;
	collect();
	assert_true(asked);
	assert_int_equal(raw.n, 1);
	start();
	info->memmap = 0;
	collect();
	assert_int_equal(raw.n, 1);
	start();
	info = low_copy(&old, 40);
	collect();
	assert_int_equal(raw.n, 1);
	told = 0;
}

#define REFUSED(change, message)                \
	do {                                    \
		start();                        \
		change;                         \
		assert_panics(collect(), message); \
	} while (0)

static void test_refused(void **state)
{
	(void)state;
	REFUSED(info->magic = 0, "start_info at 0x");
	REFUSED(info->version = 0, "no memory map");
	REFUSED(info->memmap = 0, "no memory map");
	REFUSED(info->memmap = 1ull << 60, "no memory map");
	REFUSED(info->memmap_count = UINT32_MAX, "no memory map");
	REFUSED(info->memmap = (uint64_t)low((RAW_BEYOND + 1) * sizeof(map[0]));
		info->memmap_count = RAW_BEYOND + 1, "memory map: more than 65536 ranges");
}

/* not in RAM, and a list that cannot be read. */
static void test_module_Q69(void **state)
{
	static const struct pvh_module module = { 0xfff000, 0x1001, 0, 0 };

	(void)state;
	start();
	info->modules = 1;
	info->module = (uint64_t)low_copy(&module, sizeof(module));
	collect();
	assert_dropped(&raw, &stub.draft.module[DRAFT_INITRD], "initrd", NOT_THERE);
	assert_true(raw.drop[0].mem.base == 0xfff000 && raw.drop[0].mem.size == 0x1001);
	start();
	info->modules = 1;
	info->module = 1ull << 60;
	collect();
	assert_dropped(&raw, &stub.draft.module[DRAFT_INITRD], "list of modules", "not in memory");
}

/* All but the first have names; impossible ones are dropped, each with a reason. */
static void test_named(void **state)
{
	static char name[257];
	struct pvh_module module[] = {
		{ 0x200000, 0x1234, 0, 0 }, { 0x300000, 5, 0, 0 }, { 0x400000, 6, 0, 0 },
		{ 0xfff000, 0x1001, 0, 0 }, { 0x500000, 0, 0, 0 }, { 0x600000, 7, 0, 0 },
		{ 0x700000, 8, 0, 0 }, { 0x800000, 9, 1ull << 60, 0 },
	};
	static const char *const why[] = { NOT_THERE, "empty", "its name is too long" };

	(void)state;
	start();
	memset(name, 'n', 256);
	module[1].cmdline = (uint64_t)low_copy("a.bin x", 8);
	module[2].cmdline = (uint64_t)low_copy(name + 1, 256);
	module[6].cmdline = (uint64_t)low_copy(name, 257);
	info->modules = ARRAY_SIZE(module);
	info->module = (uint64_t)low_copy(module, sizeof(module));
	collect();
	assert_true(stub.draft.module[DRAFT_INITRD].mem.size == 0x1234);
	assert_int_equal(stub.draft.named, 4);
	assert_string_equal(stub.draft.files[0].name, "a.bin x");
	assert_true(stub.draft.files[0].mem.base == 0x300000 && stub.draft.files[0].mem.size == 5);
	assert_int_equal(stub.draft.files[1].name_len, 255);
	assert_int_equal(stub.draft.files[2].name_len, 0);
	assert_true(stub.draft.files[3].mem.size == 9 && !stub.draft.files[3].name_len);
	assert_int_equal(raw.drops, ARRAY_SIZE(why));
	for (uint32_t i = 0; i < ARRAY_SIZE(why); i++)
		assert_string_equal(raw.drop[i].why, why[i]);
}

/* Names without a NUL: at the end of what can be read, and longer than the room. */
static void test_name_ends(void **state)
{
	static char name[400];
	struct pvh_module module[] = {
		{ 0x200000, 1, 0, 0 }, { 0x300000, 5, 0, 0 }, { 0x400000, 6, 0, 0 },
		{ 0, 7, 0, 0 },
	};
	char *last = low_copy("last", 4);

	(void)state;
	start();
	memset(name, 'n', sizeof(name));
	module[1].cmdline = (uint64_t)last;
	module[2].cmdline = (uint64_t)low_copy(name, sizeof(name));
	info->modules = ARRAY_SIZE(module);
	info->module = (uint64_t)low_copy(module, sizeof(module));
	fake_cpu.unmapped = (struct boot_range){ (uint64_t)last + 4, LOW_PAGE };
	collect();
	fake_cpu.unmapped.size = 0;
	assert_true(stub.draft.named == 1 && stub.draft.files[0].name_len == 4);
	assert_string_equal(stub.draft.files[0].name, "last");
	assert_int_equal(raw.drops, 2);
	assert_string_equal(raw.drop[0].why, "its name is too long");
	assert_string_equal(raw.drop[1].why, "empty");
}

static void test_too_many(void **state)
{
	struct pvh_module module[19];

	(void)state;
	start();
	for (uint32_t i = 0; i < ARRAY_SIZE(module); i++)
		module[i] = (struct pvh_module){ 0x200000 + 0x10000 * i, 9, 0, 0 };
	info->modules = ARRAY_SIZE(module);
	info->module = (uint64_t)low_copy(module, sizeof(module));
	collect();
	assert_int_equal(stub.draft.named, DRAFT_FILES);
	assert_int_equal(raw.drops, 2);
	assert_string_equal(raw.drop[0].why, "too many");
	start();
	info->modules = UINT32_MAX;
	info->module = 0x100000;
	collect();
	assert_int_equal(stub.draft.named, 0);
	assert_string_equal(raw.drop[0].what, "list of modules");
	assert_string_equal(raw.drop[0].why, "too many");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_unaligned),
		cmocka_unit_test(test_minimal), cmocka_unit_test(test_no_map),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_module_Q69),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_name_ends), cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
