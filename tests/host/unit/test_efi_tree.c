/* SPDX-License-Identifier: MIT */
/*
 * test_efi_tree.c - what a device tree under UEFI reserves: page by page against a model, next to
 * the tree and its initrd, over them and around them; by nodes; more than there is room for.
 */
#include "tests/host/unit/dtc.h"
#include "tests/host/unit/efi_said.h"
#include "tests/host/unit/no_console.h"
#include <sys/mman.h>
#include "include/stubborn/kernel.h"
#include "stub/efi/efi.h"

#define TREE		0x50000000ull	/* pages of the host; the tree is in one of them */
#define LOW		(TREE - 8 * PAGE_SIZE)
#define HIGH		(TREE + 8 * PAGE_SIZE)
#define RESERVATIONS	3

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };
static struct draft draft;

static status_t reserved(const void *blob, uint64_t size)
{
	static struct efi_system_table systab = { .con_out = &efi_said_con_out };
	struct efi e = { .systab = &systab };

	memset(&draft, 0, sizeof(draft));
	draft.module[DRAFT_TREE].mem = (struct boot_range){ (uint64_t)blob, size };
	efi_said[0] = 0;
	return efi_tree_reserved(&e, &draft);
}

static status_t reserved_dts(const char *dts)
{
	size_t size;
	void *blob = dtc(dts, &size);
	const status_t status = reserved(blob, size);

	free(blob);
	return status;
}

static bool keeps(uint32_t i, uint64_t base, uint64_t size, uint32_t type)
{
	return i < draft.keeps && draft.keep[i].base == base && draft.keep[i].size == size &&
	       draft.keep[i].type == type;
}

/* ---- the model ---- */

static struct boot_range reserve[RESERVATIONS], own[2];		/* the tree, its initrd */

static bool meets_page(const struct boot_range *r, uint64_t page)
{
	return r->size && r->base < page + PAGE_SIZE && page < r->base + r->size;
}

static uint32_t model_type(uint64_t page)
{
	uint32_t type = 0;

	for (uint32_t i = 0; i < RESERVATIONS; i++) {
		const struct boot_range *r = &reserve[i];
		const uint64_t end = ALIGN_UP(r->base + r->size, PAGE_SIZE);
		bool just = false, shared = false;

		if (!meets_page(r, page))
			continue;
		for (uint32_t k = 0; k < 2; k++) {
			just |= own[k].size && r->base - own[k].base < PAGE_SIZE &&
				end <= ALIGN_UP(own[k].base + own[k].size, PAGE_SIZE);
			shared |= meets_page(&own[k], page);
		}
		if (!just)
			type = type == BOOT_MEM_RESERVED || !shared ? BOOT_MEM_RESERVED :
			       BOOT_MEM_NVS;
	}
	return type;
}

static void check_pages(void)
{
	for (uint64_t page = LOW - 2 * PAGE_SIZE; page < HIGH + 2 * PAGE_SIZE; page += PAGE_SIZE) {
		uint32_t type = 0;

		for (uint32_t i = 0; i < draft.keeps; i++)
			if (page - draft.keep[i].base < draft.keep[i].size)
				type = type == BOOT_MEM_RESERVED ? type : draft.keep[i].type;
		if (type != model_type(page))
			fail_msg("page %#lx is %u, not %u; tree %#lx, initrd %#lx %#lx; "
				 "%#lx %#lx, %#lx %#lx, %#lx %#lx", page, type, model_type(page),
				 own[0].base, own[1].base, own[1].size, reserve[0].base,
				 reserve[0].size, reserve[1].base, reserve[1].size,
				 reserve[2].base, reserve[2].size);
	}
	for (uint32_t i = 0; i < draft.keeps; i++)
		assert_true(draft.keep[i].size && !(draft.keep[i].base % PAGE_SIZE) &&
			    !(draft.keep[i].size % PAGE_SIZE));
}

/* Most addresses are ends of a page, of the tree or of the initrd, or a byte next to them. */
static uint64_t address(uint64_t *seed)
{
	const uint64_t ends[] = {
		own[0].base, own[0].base + own[0].size, own[1].base, own[1].base + own[1].size,
	};
	const uint32_t how = rnd_below(seed, 12);
	const uint64_t at = how < 4 ? ends[how] : LOW + rnd_below(seed, 16) * PAGE_SIZE;

	return MIN(MAX(how % 3 ? at : at + rnd_below(seed, 3) - 1, LOW), HIGH);
}

static struct boot_range range(uint64_t *seed)
{
	const uint64_t a = address(seed), b = address(seed);

	return (struct boot_range){ MIN(a, b), MAX(a, b) - MIN(a, b) };
}

static void test_pages(void **state)
{
	uint8_t *room = mmap((void *)TREE, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	uint64_t seed = 96;

	(void)state;
	assert_ptr_equal(room, (void *)TREE);
	for (uint32_t n = 0; n < 4000; n++) {
		const uint64_t *initrd = &own[1].base;
		void *blob = room + (n % 3 ? 8 * rnd_below(&seed, 500) : 0);
		int chosen;

		own[0] = (struct boot_range){ (uint64_t)blob, 0x200 + rnd_below(&seed, 0xe00) };
		own[1] = n % 4 ? range(&seed) : (struct boot_range){ LOW, 0 };
		if (own[1].base < ALIGN_UP(own[0].base + own[0].size, PAGE_SIZE) &&
		    ALIGN_DOWN(own[0].base, PAGE_SIZE) < own[1].base + own[1].size)
			own[1].size = 0;	/* tree and initrd share no page */
		assert_int_equal(fdt_create_empty_tree(blob, 0x200), 0);
		for (uint32_t i = 0; i < RESERVATIONS; i++) {
			struct boot_range *r = &reserve[i];

			*r = n % 2 && i ? (struct boot_range){ LOW, 0 } : range(&seed);
			assert_int_equal(fdt_add_mem_rsv(blob, r->base, r->size), 0);
		}
		chosen = fdt_add_subnode(blob, 0, "chosen");
		assert_int_equal(fdt_setprop_u64(blob, chosen, "linux,initrd-start", *initrd), 0);
		assert_int_equal(fdt_setprop_u64(blob, chosen, "linux,initrd-end",
						 *initrd + own[1].size), 0);
		assert_int_equal(reserved(blob, own[0].size), OK);
		check_pages();
	}
	munmap(room, 2 * PAGE_SIZE);
}

/* An impossible initrd is dropped; one at the end of what can be mapped is kept. */
static void test_initrd(void **state)
{
	static const struct {
		uint64_t start, end;
		bool counts;
	} t[] = {
		{ ARCH_REACH - 5, ARCH_REACH, true }, { ARCH_REACH - 5, ARCH_REACH + 1, false },
		{ ARCH_REACH - 5, ARCH_REACH - 5, false }, { ARCH_REACH - 5, 0x2000, false },
	};
	char dts[400];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		snprintf(dts, sizeof(dts), "/memreserve/ %#llx 5; / { chosen {"
			 "linux,initrd-start = /bits/ 64 <%#lx>;"
			 "linux,initrd-end = /bits/ 64 <%#lx>; }; };",
			 ARCH_REACH - 5, t[i].start, t[i].end);
		assert_int_equal(reserved_dts(dts), OK);
		assert_int_equal(draft.keeps, !t[i].counts);
		assert_true(t[i].counts ||
			    keeps(0, ARCH_REACH - PAGE_SIZE, PAGE_SIZE, BOOT_MEM_RESERVED));
	}
}

/* Within an initrd, which may not be used or not be there, others count: only its own does not. */
static void test_within_initrd(void **state)
{
	(void)state;
	assert_int_equal(reserved_dts("/memreserve/ 0x1000 0xff000; /memreserve/ 0x1800 0x800;"
		"/memreserve/ 0x5000 0x1000; / { chosen { linux,initrd-start = <0x1000>;"
		"linux,initrd-end = <0x100000>; }; };"), OK);
	assert_int_equal(draft.keeps, 1);
	assert_true(keeps(0, 0x5000, 0x1000, BOOT_MEM_NVS));
	assert_int_equal(reserved_dts("/memreserve/ 0x1000 0x3000; / { chosen {"	/* empty */
		"linux,initrd-start = <0x2800>; linux,initrd-end = <0x2800>; }; };"), OK);
	assert_int_equal(draft.keeps, 1);
	assert_true(keeps(0, 0x1000, 0x3000, BOOT_MEM_RESERVED));
}

/* Reservations up to the end of all addresses, beyond it, and of nothing. */
static void test_ends(void **state)
{
	(void)state;
	assert_int_equal(reserved_dts(
		"/memreserve/ 0x1001 0xffffffffffffffff; /memreserve/ 0x3000 0xffffffffffffc000;"
		"/memreserve/ 0xffffffffffffe001 0x1000; /memreserve/ 0xfffffffffffff000 1;"
		"/memreserve/ 0xfffffffffffff001 0x1000; /memreserve/ 0x7001 0;"
		"/memreserve/ 0x5001 1; /memreserve/ 0xffffffffffffefff 1; / { };"), OK);
	/* the tree's page or two are in the middle of the first two */
	assert_int_equal(draft.keeps, 9);
	assert_true(draft.keep[0].base == 0x1000 && draft.keep[3].base == 0x3000);
	for (uint32_t i = 0; i < 6; i += 3) {
		const uint64_t tree = draft.module[DRAFT_TREE].mem.base & -PAGE_SIZE;

		assert_true(draft.keep[i].base + draft.keep[i].size == tree);
		assert_true(keeps(i + 1, tree, draft.keep[i + 1].size, BOOT_MEM_NVS));
		assert_true(draft.keep[i + 1].size <= 2 * PAGE_SIZE);
		assert_true(draft.keep[i + 2].base == tree + draft.keep[i + 1].size);
		assert_true(draft.keep[i + 2].base + draft.keep[i + 2].size == 0xfffffffffffff000);
	}
	assert_true(keeps(6, 0xffffffffffffe000, PAGE_SIZE, BOOT_MEM_RESERVED));
	assert_true(keeps(7, 0x5000, PAGE_SIZE, BOOT_MEM_RESERVED));
	assert_true(keeps(8, 0xffffffffffffe000, PAGE_SIZE, BOOT_MEM_RESERVED));
}

static void test_nodes(void **state)
{
	size_t size;
	uint8_t *tree;
	int at;

	(void)state;
	assert_int_equal(reserved_dts(
		"/ { #address-cells = <1>; #size-cells = <1>;"
		"reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;"
		"  a { reg = <0x10000 0x1000 0x20000 0x2000>; };"
		"  b { reg = <0x30000 0x1000>; status = \"disabled\"; };"
		"  c { reg = <0x40000 0x1000>; status = \"okay\"; };"
		"  d { reg = <0x50000 0x1000>; status = \"ok\"; };"
		"  e { reg = <0x60000 0x1000>; status = [6f]; };"
		"  k { reg = <0xb0000 0x1000>; status = \"okey\"; };"
		"  f { #address-cells = <1>; #size-cells = <1>; ranges; reg = <0x70000 0x1000>;"
		"    g { reg = <0x80000 0x1000>; }; };"
		"  h { size = <0x1000>; }; };"
		"memory@90000 { i { reg = <0x90000 0x1000>; }; };"
		"reserved-memory@1 { #address-cells = <1>; #size-cells = <1>; ranges;"
		"  j { reg = <0xa0000 0x1000>; }; }; };"), OK);
	assert_int_equal(draft.keeps, 5);	/* a second such node is not one */
	assert_true(keeps(0, 0x10000, 0x1000, BOOT_MEM_RESERVED));
	assert_true(keeps(1, 0x20000, 0x2000, BOOT_MEM_RESERVED));
	assert_true(keeps(2, 0x40000, 0x1000, BOOT_MEM_RESERVED));
	assert_true(keeps(3, 0x50000, 0x1000, BOOT_MEM_RESERVED));
	assert_true(keeps(4, 0x70000, 0x1000, BOOT_MEM_RESERVED));
	assert_int_equal(reserved(NULL, 0), OK);
	assert_int_equal(draft.keeps, 0);
	assert_string_equal(efi_said, "");
	assert_int_equal(reserved_dts(		/* cut off: said, and the others count */
		"/ { #address-cells = <1>; #size-cells = <1>;"
		"reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;"
		"  a { reg = <0x10000>; }; b { reg = <0x20000 0x1000>; }; }; };"), OK);
	assert_non_null(strstr(efi_said, "warning: /reserved-memory cannot be read"));
	assert_int_equal(draft.keeps, 1);
	tree = dtc("/ { #address-cells = <1>; #size-cells = <1>;"
		   "reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;"
		   "  a { reg = <0x10000 0x1000>; }; broken { }; }; };", &size);
	at = fdt_path_offset(tree, "/reserved-memory/broken");
	assert_true(at > 0);
	tree[fdt_off_dt_struct(tree) + (uint32_t)at + 3] = 5;	/* no token: what precedes counts */
	efi_said[0] = 0;
	assert_int_equal(reserved(tree, size), OK);
	assert_non_null(strstr(efi_said, "warning: /reserved-memory cannot be read"));
	assert_int_equal(draft.keeps, 1);
	free(tree);
	assert_int_equal(reserved("no tree at all, in forty bytes and more", 40), OK);
	assert_int_equal(draft.keeps, 0);
}

/* Without `ranges`, or not within them: the addresses are taken as they stand. */
static void test_untranslated(void **state)
{
	(void)state;
	assert_int_equal(reserved_dts(
		"/ { reserved-memory { #address-cells = <1>; #size-cells = <1>;"
		"  a { reg = <0xb0000 0x1000 0xc0000 0x1000>; }; }; };"), OK);
	assert_int_equal(draft.keeps, 2);
	assert_true(keeps(0, 0xb0000, 0x1000, BOOT_MEM_RESERVED));
	assert_true(keeps(1, 0xc0000, 0x1000, BOOT_MEM_RESERVED));
	assert_int_equal(reserved_dts(
		"/ { #address-cells = <1>; #size-cells = <1>; reserved-memory {"
		"  #address-cells = <1>; #size-cells = <1>; ranges = <0 0x9000 1>;"
		"  a { reg = <0xd0000 0x1000 0 0x1000>; }; }; };"), OK);
	assert_int_equal(draft.keeps, 2);
	assert_true(keeps(0, 0xd0000, 0x1000, BOOT_MEM_RESERVED));
	assert_true(keeps(1, 0x9000, 0x1000, BOOT_MEM_RESERVED));
}

/* As many reservations as there is room for, and one more: in the block, in nodes, in one node. */
static void test_many(void **state)
{
	static char dts[3][16384];
	char *p[3], said[96];

	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		p[0] = dts[0];
		for (uint32_t i = 1; i < 3; i++)
			p[i] = dts[i] + sprintf(dts[i], "/ { reserved-memory { ranges;"
						"#address-cells = <1>; #size-cells = <1>; %s",
						i == 2 ? "n { reg = <" : "");
		for (uint32_t i = 1; i <= DRAFT_KEEPS + more; i++) {
			p[0] += sprintf(p[0], "/memreserve/ %u 1;", i << 13);
			p[1] += sprintf(p[1], "n%u { reg = <%u 1>; };", i, i << 13);
			p[2] += sprintf(p[2], "%u 1 ", i << 13);
		}
		strcpy(p[0], "/ { };");
		strcpy(p[1], "}; };");
		strcpy(p[2], ">; }; }; };");
		for (uint32_t i = 0; i < 3; i++) {
			assert_int_equal(reserved_dts(dts[i]), more ? ERR_UNSUPPORTED : OK);
			assert_int_equal(draft.keeps, DRAFT_KEEPS);
			sprintf(said, "stubborn: error: device tree at 0x%llx: more than 128 "
				"reserved ranges\r\n",
				(unsigned long long)draft.module[DRAFT_TREE].mem.base);
			assert_string_equal(efi_said, more ? said : "");
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages), cmocka_unit_test(test_initrd),
		cmocka_unit_test(test_within_initrd),
		cmocka_unit_test(test_ends), cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_untranslated), cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
