/* SPDX-License-Identifier: MIT */
/* test_dtb.c - what a device tree says of memory, initrd and command line. */
#include "tests/host/unit/dtb.h"
#include "lib/efi.h"
#include "stub/uart_find.h"

static struct boot_uart named;		/* ACPI's port; type NONE: ACPI names none */

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	assert_true(k->map == raw.map && k->n == raw.n && !rsdp && !dtb && !dtb_size);
	*out = named;
	return named.type != BOOT_UART_NONE;
}

static void test_minimal(void **state)
{
	void *blob = collect_dts("/ {" ROOT ALL "};");

	(void)state;
	assert_true(raw.n == 1 && raw.map[0].base == 0 && raw.map[0].size == 1ull << 48);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	assert_ptr_equal((void *)stub.draft.module[DRAFT_TREE].mem.base, blob);
	assert_int_equal(stub.draft.module[DRAFT_TREE].mem.size, fdt_totalsize(blob));
	assert_int_equal(stub.draft.module[DRAFT_TREE].kind, BOOT_MODULE_DTB);
	assert_int_equal(stub.draft.cmdline_len, 0);
	assert_false(stub.draft.have_entropy);
	assert_int_equal(fake_raw.uart.type, BOOT_UART_NONE);
	free(blob);
}

static void test_memory(void **state)
{
	void *blob = collect_dts(
		"/memreserve/ 0x5000 0x1800; /memreserve/ 0x100000000 0x1;"
		"/ {" ROOT ALL UART
		"memory@1 { device_type = \"memory\"; reg = <1 2 3 4 5 6 7 8>; };"
		"ram@2 { device_type = \"memory\"; reg = <9 10 11 12 13 14>; status = \"okay\"; };"
		"secram { device_type = \"memory\"; reg = <15 16 17 18>; status = \"disabled\"; };"
		"memory@3 { reg = <19 20 21 22>; };"
		"dimm { device_type = \"memor\"; reg = <19 20 21 22>; };"
		"bus { memory { device_type = \"memory\"; reg = <23 24 25>; }; };"
		"reserved-memory { " ROOT " ranges;"
		"  a { reg = <0 0x20000 0 0x1000 0 0x30000 0 0x1000>; no-map; };"
		"  b { reg = <0 0x40000 0 0x1000>; status = \"disabled\"; };"
		"  c { size = <0 0x1000>; };"
		"  d { " ROOT " ranges; reg = <0 0x50000 0 0x1000>;"
		"    e { reg = <0 0x60000 0 0x1000>; }; };"
		"};"
		"after { f { reg = <0 0x70000 0 0x1000>; }; };"
		"reserved-memory@1 { " ROOT			/* no `ranges` */
		"  g { reg = <0 0x80000 0 0x1000 0 0x90000 0 0x1000>; }; };"
		"reserved-memory@2 { " ROOT " ranges = <0 0 0 0x9000 0 1>;"	/* not in them */
		"  h { reg = <0 0xa0000 0 0x1000 0 0 0 0x1000>; }; };"
		"};");
	static const struct boot_mem want[] = {
		{ 0, 1ull << 48, BOOT_MEM_FREE, 0 },
		{ 1ull << 32 | 2, 3ull << 32 | 4, BOOT_MEM_FREE, 0 },
		{ 5ull << 32 | 6, 7ull << 32 | 8, BOOT_MEM_FREE, 0 },
		{ 9ull << 32 | 10, 11ull << 32 | 12, BOOT_MEM_FREE, 0 },
		{ 0x20000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x30000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x50000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x80000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x90000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0xa0000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x9000, 0x1000, BOOT_MEM_RESERVED, 0 },
		{ 0x5000, 0x1800, BOOT_MEM_RESERVED, 0 },
		{ 1ull << 32, 1, BOOT_MEM_RESERVED, 0 },
	};

	(void)state;
	assert_int_equal(raw.n, ARRAY_SIZE(want));
	assert_memory_equal(raw.map, want, sizeof(want));
	free(blob);
}

static void test_chosen(void **state)
{
	void *blob = collect_dts("/ {" ROOT ALL UART CHOSEN
				 "bootargs = \"  a=1 \\\"b  c\\\" \\x0a poweroff \";"
				 "linux,initrd-start = <0x8001>; linux,initrd-end = <1 0x23>;"
				 "}; };");
	struct fdt_value v;
	struct fdt f;

	(void)state;
	assert_string_equal(stub.draft.cmdline, "a=1 \"b  c\"   poweroff");
	assert_int_equal(stub.draft.cmdline_len, strlen(stub.draft.cmdline));
	assert_true(stub.draft.module[DRAFT_INITRD].mem.base == 0x8001);
	assert_true(stub.draft.module[DRAFT_INITRD].mem.size == 0x100000023 - 0x8001);
	assert_int_equal(stub.draft.module[DRAFT_INITRD].kind, BOOT_MODULE_INITRD);
	assert_true(fake_raw.uart.type == BOOT_UART_PL011 && fake_raw.uart.base == 0x9000);
	assert_memory_equal(&stub.draft.info.uart, &fake_raw.uart, sizeof(fake_raw.uart));
	assert_int_equal(stub.draft.info.flags, 0);
	free(blob);

	blob = collect_dts("/ {" ROOT CHOSEN "kaslr-seed = <1 2>; rng-seed = [03 04 05 06 07];"
			   "linux,initrd-start = <5>; linux,initrd-end = <5>; };" UART ALL "};");
	assert_int_equal(stub.draft.module[DRAFT_INITRD].kind, 0);
	assert_true(stub.draft.have_entropy);
	assert_int_equal(stub.draft.info.seed_len, 8 + 5);
	assert_int_equal(fdt_open(&f, blob, ~0ull), OK);
	assert_true(fdt_property(&f, "/chosen", "kaslr-seed", &v));
	assert_memory_equal(v.data, "\0\0\0\0\0\0\0\0", 8);
	assert_true(fdt_property(&f, "/chosen", "rng-seed", &v));
	assert_memory_equal(v.data, "\0\0\0\0\0", 5);
	free(blob);

	/* one without the other, or of a strange size */
	blob = collect_dts("/ {" ROOT ALL CHOSEN "linux,initrd-start = <0x9000>; };" UART "};");
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	free(blob);
	blob = collect_dts("/ {" ROOT ALL CHOSEN "linux,initrd-start = <0x9000>;"
			   "linux,initrd-end = <1 2 3>; };" UART "};");
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	free(blob);

	/* of several, the first alone */
	blob = collect_dts("/ {" ROOT ALL UART CHOSEN "bootargs = \"first\"; };"
			   "chosen@1 { bootargs = \"second\"; linux,initrd-start = <0x8000>;"
			   "linux,initrd-end = <0x9000>; }; };");
	assert_string_equal(stub.draft.cmdline, "first");
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0);
	free(blob);
}

static void test_long_cmdline(void **state)
{
	static char dts[CMDLINE_MAX + 300];
	char *p = dts + sprintf(dts, "/ {" ROOT ALL CHOSEN "bootargs = \"");
	void *blob;

	(void)state;
	memset(p, 'x', CMDLINE_MAX);
	strcpy(p + CMDLINE_MAX, "\"; };" UART "};");
	blob = collect_dts(dts);
	assert_int_equal(stub.draft.cmdline_len, CMDLINE_MAX - 1);
	assert_int_equal(stub.draft.info.flags, BOOT_CMDLINE_CUT);
	free(blob);
}

/*
 * A reservation of just the module, as loaders make it, does not reserve it for anything else. If
 * it covers more, something else may be in the module's pages, too: mapped, and never given away.
 */
static void test_module_reserved(void **state)
{
	static const struct {
		const char *reserve;
		uint64_t first, last;	/* the module's pages that stay reserved */
	} t[] = {
		{ "/memreserve/ 0x102010 0x2000;", 0, 0 },
		{ "/memreserve/ 0x102010 0x2ff0;", 0, 0 },
		{ "/memreserve/ 0x103010 0x20; /memreserve/ 0x104fff 1;", 0, 0 },
		{ "/memreserve/ 0x102000 0x1000;", 0x102000, 0x103000 },
		{ "/memreserve/ 0x102000 0x3000;", 0x102000, 0x105000 },
		{ "/memreserve/ 0x100000 0x8000; /memreserve/ 0x103010 0x20;", 0x102000, 0x105000 },
		{ "/memreserve/ 0x104ffc 0x8;", 0x104000, 0x105000 },
		{ "/memreserve/ 0x102010 0x2ff1;", 0x102000, 0x105000 },
	};
	char dts[400];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		snprintf(dts, sizeof(dts), "%s/ {" ROOT ALL UART CHOSEN
			 "linux,initrd-start = <0x102010>; linux,initrd-end = <0x104010>; }; };",
			 t[i].reserve);
		void *blob = collect_dts(dts);

		for (uint64_t at = 0x102000; at < 0x105000; at += 4)
			if (type_at(at) != (at - t[i].first < t[i].last - t[i].first ?
					    BOOT_MEM_NVS : BOOT_MEM_FREE))
				fail_msg("%s: %#lx is %u", t[i].reserve, at, type_at(at));
		free(blob);
	}
	void *blob = collect_dts("/memreserve/ 0x100000 0x8000; /memreserve/ 0x104ffc 0x8;"
				 "/ {" ROOT ALL UART CHOSEN "linux,initrd-start = <0x102010>;"
				 "linux,initrd-end = <0x104010>; }; };");

	for (uint64_t at = 0xff000; at < 0x10a000; at += 4)
		assert_int_equal(type_at(at), at < 0x100000 || at >= 0x108000 ? BOOT_MEM_FREE :
				 at >= 0x102000 && at < 0x105000 ? BOOT_MEM_NVS :
				 BOOT_MEM_RESERVED);
	free(blob);
}

/* the boot goes on without an initrd that cannot be. */
static void test_initrd_Q69(void **state)
{
	const uint64_t own = (uint64_t)image_text, end = (uint64_t)image_end + RAW_SCRATCH;
	char dts[400];
	static const struct {
		uint64_t start, end;
		bool own;
	} around[] = { { -1, 1, true }, { 5, 6, true }, { -9, 0, false } };

	(void)state;
	drop_dts("/ {" ROOT ALL UART CHOSEN "linux,initrd-start = <0x9000>;"
		 "linux,initrd-end = <0x8fff>; }; };", "ends before it begins");
	assert_true(raw.drop[0].mem.base == 0x9000);
	drop_dts("/ {" ROOT ALL UART CHOSEN "linux,initrd-start = <0xffff 0xfffff000>;"
		 "linux,initrd-end = <0x10000 1>; }; };", NOT_THERE);
	assert_true(raw.drop[0].mem.base == 0xfffffffff000 && raw.drop[0].mem.size == 0x1001);
	drop_dts("/ {" ROOT ALL UART CHOSEN "linux,initrd-start = <0>;"
		 "linux,initrd-end = <0xffffffff 0xffffffff>; }; };", NOT_THERE);
	for (uint32_t over = 0; over < 2; over++) {	/* to the end of what can be reached */
		snprintf(dts, sizeof(dts), "/ {" ROOT ALL UART CHOSEN
			 "linux,initrd-start = /bits/ 64 <0x%llx>;"
			 "linux,initrd-end = /bits/ 64 <0x%llx>; }; };", ARCH_REACH - 2,
			 ARCH_REACH + over);
		if (over)
			drop_dts(dts, NOT_THERE);
		else
			free(collect_dts(dts));
		assert_int_equal(raw.drops, over);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(around); i++) {
		const uint64_t from = own + around[i].start, to = own + around[i].end;

		snprintf(dts, sizeof(dts), "/ {" ROOT ALL UART CHOSEN
			 "linux,initrd-start = /bits/ 64 <0x%lx>;"
			 "linux,initrd-end = /bits/ 64 <0x%lx>; }; };", (long)from, (long)to);
		if (around[i].own)
			drop_dts(dts, NOT_THERE);
		else
			free(collect_dts(dts));
	}
	snprintf(dts, sizeof(dts), "/ {" ROOT ALL UART CHOSEN
		 "linux,initrd-start = /bits/ 64 <0x%lx>; linux,initrd-end = /bits/ 64 <0x%lx>; };"
		 "};", (long)end - 1, (long)end);
	drop_dts(dts, NOT_THERE);
}

static void test_refused(void **state)
{
	(void)state;
	start();
	assert_panics(collect(NULL), "no device tree");
}

/* An initrd across several ranges of memory, listed in no order; one with a hole in it. */
static void test_pieces(void **state)
{
#define PIECES(hole) "/ {" ROOT "memory { device_type = \"memory\"; reg = <0 0x3000 0 0x1000" \
	" 0 0x1000 0 0x1000 0x1000 0 0xf000 0 0 0x2000 0 " hole ">; };" UART CHOSEN \
	"linux,initrd-start = <0x1001>; linux,initrd-end = <0x3fff>; }; };"
	(void)state;
	free(collect_dts(PIECES("0x1000")));
	assert_int_equal(stub.draft.module[DRAFT_INITRD].mem.size, 0x2ffe);
	drop_dts(PIECES("0xfff"), NOT_THERE);
	assert_true(raw.drop[0].mem.base == 0x1001 && raw.drop[0].mem.size == 0x2ffe);
}

static void test_many(void **state)
{
	static char dts[200000];
	char *p = dts + sprintf(dts, "/ {" ROOT ALL UART CHOSEN "}; memory@1 { device_type ="
				"\"memory\"; reg = <");
	void *blob;

	(void)state;
	for (uint32_t i = 1; i < 2 * RAW_RANGES; i++)
		p += sprintf(p, "0 %u 0 1 ", i * 8192);
	strcpy(p, ">; }; };");
	blob = collect_dts(dts);		/* all of them are part of one */
	assert_true(raw.n < RAW_RANGES && !raw.lost);
	free(blob);
	p += sprintf(p, ">; }; reserved-memory { " ROOT "ranges; x { reg = <0 1 0 1>; }; }; };");
	blob = collect_dts(dts);
	assert_int_equal(type_at(1), BOOT_MEM_RESERVED);
	free(blob);
	p = dts;
	for (uint32_t i = 1; i < RAW_RANGES; i++)
		p += sprintf(p, "/memreserve/ %u 1;", i * 8192);
	strcpy(p, "/ {" ROOT UART CHOSEN "}; " ALL "};");
	blob = collect_dts(dts);
	assert_int_equal(raw.n, RAW_RANGES);
	free(blob);
	memmove(dts + 18, dts, strlen(dts) + 1);
	memcpy(dts, "/memreserve/ 1 1 ;", 18);
	blob = collect_dts(dts);
	for (uint32_t i = 0; i < RAW_RANGES; i++)
		assert_int_equal(type_at(i ? i * 8192 : 1), BOOT_MEM_RESERVED);
	free(blob);
}

/* Of one node no more than 4,096 ranges count as memory. */
static void test_ranges(void **state)
{
	static char dts[200000];
	char *p = dts + sprintf(dts, "/ {" ROOT UART CHOSEN "}; memory { device_type = \"memory\";"
				"reg = <");

	(void)state;
	for (uint32_t i = 0; i <= 4096; i++)
		p += sprintf(p, "0 %u 0 4096 ", (i + 16) << 12);
	strcpy(p, ">; }; };");
	free(collect_dts(dts));
	assert_int_equal(type_at(16 << 12), BOOT_MEM_FREE);
	assert_int_equal(type_at((16 + 4095) << 12), BOOT_MEM_FREE);
	assert_int_equal(type_at((16 + 4096) << 12), 0);
}

/* What QEMU makes for its board of that name. */
static void test_virt(void **state)
{
	size_t size;
	void *blob = dtc_virt(&size);

	(void)state;
	start();
	collect(blob);				/* the tree is in the test's memory */
	assert_true(raw.n == 2 && raw.map[1].type == BOOT_MEM_NVS);
	assert_true(raw.map[0].base == 0x40000000 && raw.map[0].size == 128 * MIB);
	assert_true(fake_raw.uart.base == 0x9000000);
	free(blob);
}

/* After a kernel that UEFI started, whose map says what memory there is. */
static void test_after_os(void **state)
{
	static struct efi_system_table systab;
	static const struct efi_memory_descriptor map[] = {
		{ .type = EFI_CONVENTIONAL, .pages = 1ull << 35 },
		{ .type = EFI_RUNTIME_DATA, .physical_start = 0x30000, .pages = 1 },
		{ .type = EFI_ACPI_RECLAIM, .physical_start = 0x40000, .pages = 2 },
		{ .type = EFI_ACPI_RECLAIM, .physical_start = 1ull << 50, .pages = 1 << 18 },
		{ .type = EFI_ACPI_RECLAIM, .physical_start = 1ull << 60, .pages = 1ull << 40 },
	};
	char dts[1000], *blob;

	(void)state;
	sprintf(dts, "/ {" ROOT "memory { device_type = \"memory\"; reg = <0 0 0x18000 0>; };"
		UART CHOSEN "linux,uefi-system-table = /bits/ 64 <%#lx>; linux,uefi-mmap-start ="
		"/bits/ 64 <%#lx>; linux,uefi-mmap-size = <%u>; linux,uefi-mmap-desc-size = <%u>;"
		"};};", (uint64_t)&systab, (uint64_t)map, (uint32_t)sizeof(map),
		(uint32_t)sizeof(*map));
	raw.map[5] = (struct boot_mem){ 0x50000, PAGE_SIZE, BOOT_MEM_ACPI, 0 };	/* an old one */
	fake_cpu.cleans = 0;
	blob = collect_dts(dts);
	assert_true(stub.draft.info.flags == BOOT_AFTER_OS && raw.n == 6);
	assert_int_equal(fake_cleaned(0x40000, 2 * PAGE_SIZE), 1);	/* the tables are read */
	assert_int_equal(fake_cleaned(1ull << 50, GIB), 1);
	assert_false(fake_cleaned(0x50000, PAGE_SIZE) || fake_cleaned(0x30000, PAGE_SIZE) ||
		     fake_cleaned(1ull << 60, 1ull << 52));	/* that would take for ever */
	assert_true(raw.map[1].type == BOOT_MEM_FREE && raw.map[1].size == 1ull << 47);
	assert_true(!raw.map[0].size && raw.map[2].type == BOOT_MEM_RUNTIME_DATA);
	free(blob);
	/* ACPI's port is for trees that name none */
	named = (struct boot_uart){ .base = 0x3f8, .type = BOOT_UART_16550, .is_port = 1 };
	blob = collect_dts(dts);
	assert_true(fake_raw.uart.type == BOOT_UART_PL011 && fake_raw.uart.base == 0x9000);
	free(blob);
	*strstr(dts, "stdout-path") = 'S';
	for (char *p; (p = strstr(dts, "pl011"));)
		*p = 'P';
	blob = collect_dts(dts);
	assert_memory_equal(&fake_raw.uart, &named, sizeof(named));
	assert_memory_equal(&stub.draft.info.uart, &named, sizeof(named));
	free(blob);
	named.type = BOOT_UART_NONE;
	blob = collect_dts(dts);
	assert_true(!fake_raw.uart.type && !stub.draft.info.uart.type);
	free(blob);
	blob = collect_dts("/ {" ROOT ALL "chosen { linux,booted-from-kexec; };};");
	assert_int_equal(stub.draft.info.flags, BOOT_AFTER_OS);
	free(blob);
	blob = collect_dts("/ {" ROOT ALL "chosen { linux,uefi-mmap-start = <0 1>; };};");
	assert_int_equal(stub.draft.info.flags, 0);
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minimal), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_chosen), cmocka_unit_test(test_long_cmdline),
		cmocka_unit_test(test_module_reserved), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_initrd_Q69),
		cmocka_unit_test(test_pieces), cmocka_unit_test(test_many),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_virt), cmocka_unit_test(test_after_os),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
