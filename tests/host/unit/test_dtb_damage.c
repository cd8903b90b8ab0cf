/* SPDX-License-Identifier: MIT */
/* test_dtb_damage.c - a damaged or truncated tree is refused, with a message if possible. */
#include "tests/host/unit/dtb.h"
#include <sys/mman.h>
#include "lib/efi.h"

#define BIG	((uint8_t *)0x200000000000)	/* below ARCH_REACH, where the host has nothing */

static const char board[] =
	"/memreserve/ 0x5000 0x1000; /memreserve/ 0x100000 0x1000;"
	"/ {" ROOT UART ALL CHOSEN "bootargs = \"one two\"; rng-seed = [01 02 03 04 05 06 07 08];"
	"linux,initrd-start = <0x108000>; linux,initrd-end = <0x109000>; };"
	"reserved-memory { " ROOT "ranges; a { reg = <0 0x106000 0 0x4000>; }; }; };";

/* The tree, then zeros up to the largest size that it could claim, then memory that faults. */
static uint8_t *spread(const void *blob, size_t n)
{
	uint8_t *big = mmap(BIG, FDT_MAX + PAGE_SIZE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_equal(big, BIG);
	assert_int_equal(mprotect(big, FDT_MAX, PROT_READ | PROT_WRITE), 0);
	memcpy(big, blob, n);
	return big;
}

static void unspread(uint8_t *big)
{
	munmap(big, FDT_MAX + PAGE_SIZE);
}

/* An error in the header is reported on the console that the rest of the tree still names. */
static void test_header(void **state)
{
	static const struct {
		uint32_t at, value;
		const char *message;
		bool heard;
	} fields[] = {
		{ 0x04, 0xffffffff, "larger than 2 MiB", true },
		{ 0x04, FDT_MAX + 4, "larger than 2 MiB", true },
		{ 0x04, 0, "header is damaged", true },
		{ 0x04, 100, "header is damaged", true },
		{ 0x14, 16, "header is damaged", true },
		{ 0x20, 0xffffffff, "header is damaged", true },
		{ 0x24, 0xfffffffc, "header is damaged", true },
		{ 0x24, 0x10, "damaged at offset 0x", false },
		{ 0x24, 0, "damaged at offset 0x", false },
		{ 0x08, 0xfffffffc, "header is damaged", false },
		{ 0x0c, 0xffffffff, "header is damaged", false },
		{ 0x00, 0, "header is damaged", false },
	};
	size_t size;
	uint8_t *tree = dtc(board, &size), *big = spread(tree, size);

	(void)state;
	start();
	collect(big);
	assert_string_equal(stub.draft.cmdline, "one two");
	for (uint32_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fdt32_t value = cpu_to_fdt32(fields[i].value);

		memcpy(big, tree, size);
		memcpy(big + fields[i].at, &value, sizeof(value));
		start();
		assert_panics(collect(big), fields[i].message);
		if (!!fake_raw.uart.type != fields[i].heard)
			fail_msg("%x at %x is%s heard", fields[i].value, fields[i].at,
				 fields[i].heard ? " not" : "");
	}
	start();
	assert_panics(collect(big + 2), "header is damaged");
	unspread(big);
	free(tree);
}

/* Either the whole tree is used, or there is a panic. */
static void test_truncated(void **state)
{
	size_t size;
	uint8_t *tree = dtc(board, &size);
	const uint32_t nodes = fdt_off_dt_struct(tree);
	const uint32_t nodes_end = nodes + fdt_size_dt_struct(tree);
	uint32_t heard = 0;

	(void)state;
	assert_true(fdt_off_dt_strings(tree) >= nodes_end);	/* the structure comes first */
	for (uint32_t n = 0; n < nodes_end - 4; n++) {		/* cut before its FDT_END */
		uint8_t *big = spread(tree, n);

		start();
		assert_true(PANICS(collect(big)));
		memcpy(big + fdt_off_dt_strings(tree), tree + fdt_off_dt_strings(tree),
		       fdt_size_dt_strings(tree));
		start();
		assert_true(PANICS(collect(big)));
		heard += fake_raw.uart.type != 0;
		unspread(big);
	}
	/* dtc keeps the order root, uart, memory, /chosen; after the uart the only port is known */
	assert_in_range(heard, (nodes_end - nodes) * 2 / 3, (nodes_end - nodes) * 5 / 6);
	free(tree);
}

/* Only the sanitizer can judge this; a model would have to repeat the code. */
static void test_corrupted(void **state)
{
	static const uint8_t flips[] = { 0xff, 0x01, 0x80, 0x04 };
	size_t size;
	uint8_t *tree = dtc(board, &size), *big = spread(tree, size);
	uint32_t panics = 0;

	(void)state;
	for (size_t i = 0; i < size; i++) {
		for (uint32_t k = 0; k < ARRAY_SIZE(flips); k++) {
			memcpy(big, tree, size);
			big[i] ^= flips[k];
			start();
			panics += PANICS(collect(big));
		}
	}
	assert_in_range(panics, size / 4, 4 * size - size / 4);
	unspread(big);
	free(tree);
}

/* A node with 4,096 reserved ranges, which are accepted, and with one more, which is refused. */
static void test_reserved(void **state)
{
	static char dts[200000];

	(void)state;
	for (uint32_t n = 4096; n <= 4097; n++) {
		char *p = dts + sprintf(dts, "/ {" ROOT ALL UART CHOSEN "}; reserved-memory {" ROOT
					"ranges; x { reg = <");

		for (uint32_t i = 0; i < n; i++)
			p += sprintf(p, "0 %u 0 4096 ", (i + 16) << 12);
		strcpy(p, ">; }; }; };");
		if (n > 4096)
			refuse_dts(dts, "more than 4096 reserved ranges");
		else
			free(collect_dts(dts));
	}
}

/* A reservation that cannot be read is not passed over. One may have no address yet. */
static void test_malformed(void **state)
{
	static const char *const bad[] = {
		ROOT "a { reg = <0 0x20000 0>; }; b { reg = <0 0x30000 0 1>; };",
		ROOT "a { reg = <0 0x20000 0 1>; }; b { reg; };",
		"#address-cells = <2>; #size-cells = <3>; a { reg = <0 0x20000 0 0 0x1000>; };",
	};
	char dts[1000], want[100];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *node = i == 1 ? "/reserved-memory/b" : "/reserved-memory/a";
		uint8_t *tree;
		size_t size;

		sprintf(dts, "/ {" ROOT ALL UART CHOSEN "}; reserved-memory { ranges; %s }; };",
			bad[i]);
		tree = dtc(dts, &size);
		sprintf(want, ": damaged at offset 0x%x", fdt_off_dt_struct(tree) + 8 +
			(uint32_t)fdt_path_offset(tree, node));	/* 8: the node's name */
		free(tree);
		refuse_dts(dts, want);
	}
	free(collect_dts("/ {" ROOT ALL UART CHOSEN "}; reserved-memory {" ROOT "ranges;"
			 "a { size = <0 0x20000>; }; b { reg; status = \"disabled\"; }; }; };"));
}

/* Whichever of its blocks is the last: all of a tree is cleaned before it is read. */
static void test_cleaned(void **state)
{
	struct boot_uart uart;
	struct fdt_node n;
	size_t size;
	uint8_t *tree = dtc(board, &size);
	struct fdt f;

	(void)state;
	for (uint32_t last = 0; last < 2; last++) {
		if (last)		/* the names lie before the nodes */
			fdt_set_off_dt_strings(tree, 0);
		assert_int_equal(fdt_open(&f, tree, size), OK);
		fake_cpu.cleans = 0;
		assert_int_equal(dtb_port((uint64_t)tree, &uart), !last);
		assert_true(fake_cleaned((uint64_t)tree, last ? f.nodes_end : f.strings_end));
		fake_cpu.cleans = 0;
		start();
		if (!last) {
			collect(tree);
			assert_true(fake_cleaned((uint64_t)tree, f.strings_end));
		}
	}
	assert_false(dtb_port(0, &uart));
	assert_true(fdt_find(&f, "/", 1, &n));
	tree[0]++;
	fake_cpu.cleans = 0;
	assert_false(dtb_port((uint64_t)tree, &uart));
	assert_true(fake_cpu.cleans == 1 && fake_cpu.clean[0].base == (uint64_t)tree &&
		    fake_cpu.clean[0].size >= sizeof(struct fdt_header));
	free(tree);
}

/* ACPI's tables are read, also if their memory is the first that is named. */
static void test_acpi_first(void **state)
{
	static struct efi_system_table systab;
	static const struct efi_memory_descriptor map[] = {
		{ .type = EFI_ACPI_RECLAIM, .physical_start = 0x40000, .pages = 2 },
		{ .type = EFI_CONVENTIONAL, .physical_start = 0x80000, .pages = 1 },
	};
	char dts[600];

	(void)state;
	sprintf(dts, "/ {" ROOT UART CHOSEN "linux,uefi-system-table = /bits/ 64 <%#lx>;"
		"linux,uefi-mmap-start = /bits/ 64 <%#lx>; linux,uefi-mmap-size = <%u>;"
		"linux,uefi-mmap-desc-size = <%u>; }; };", (uint64_t)&systab, (uint64_t)map,
		(uint32_t)sizeof(map), (uint32_t)sizeof(*map));
	fake_cpu.cleans = 0;
	free(collect_dts(dts));
	assert_int_equal(raw.map[0].type, BOOT_MEM_ACPI);
	assert_true(fake_cleaned(0x40000, 2 * PAGE_SIZE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_corrupted), cmocka_unit_test(test_reserved),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_cleaned), cmocka_unit_test(test_acpi_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
