/* SPDX-License-Identifier: MIT */
/*
 * test_told_riscv64.c - what a hart cannot ask itself: its number and the counter's frequency, from
 * UEFI's protocol or the device tree; and which harts there are.
 */
#include "tests/host/unit/dtc.h"
#include "tests/host/unit/acpi_make.h"
#include "tests/host/arch/cpu.h"
#include "arch/riscv64/boot/rhct.c"
#include "arch/riscv64/boot/tree.c"
#include "arch/riscv64/image/collect.c"

bool svpbmt;

void levels_find(void)
{
}

static bool types = true;	/* and its tables may say what is cached */

bool levels_types(void)
{
	return types;
}

#define TREE(chosen, cpus)						\
	"/ { #address-cells = <2>; #size-cells = <2>;"			\
	"  chosen { " chosen " };"					\
	"  cpus { #address-cells = <1>; #size-cells = <0>; " cpus " }; };"
#define HART(n, more)							\
	"cpu@" #n " { device_type = \"cpu\"; reg = <0x" #n ">; " more	\
	"  interrupt-controller { compatible = \"riscv,cpu-intc\"; phandle = <0x7" #n ">; }; };"

/* ---- numbers of a tree ---- */

static uint64_t number(const char *dts)
{
	size_t size;
	void *blob = dtc(dts, &size);
	const uint64_t n = tree_cpus(blob, size).hz;

	free(blob);
	return n;
}

static void test_frequency(void **state)
{
	(void)state;
	assert_true(number(TREE("", "timebase-frequency = <10000000>;")) == 10000000);
	assert_true(number(TREE("", "timebase-frequency = <2 3>;")) == (2ull << 32 | 3));
	assert_true(number(TREE("", "timebase-frequency = <1 2 3>;")) == 0);
	assert_true(number(TREE("", "timebase-frequency;")) == 0);
	assert_true(number(TREE("", "timebase-frequency = [01 02 03];")) == 0);
	assert_true(number(TREE("timebase-frequency = <1>;", "")) == 0);
	assert_true(tree_cpus(NULL, 0).hz == 0);
	assert_true(tree_cpus("no tree, but enough bytes of text to be looked at", 40).hz == 0);
}

static bool has(const char *cpus)
{
	size_t size;
	void *blob = dtc(cpus, &size);
	const bool yes = tree_cpus(blob, size).svpbmt;

	free(blob);
	return yes;
}

#define ISA(text)	"riscv,isa = \"" text "\";"

/* All harts that may run must have it, in either property, by the whole name. */
static void test_extension(void **state)
{
	(void)state;
	assert_true(has(TREE("", HART(0, ISA("rv64imac_svpbmt")))));
	assert_true(has(TREE("", HART(0, ISA("rv64imac_svpbmt_zba")))));
	assert_true(has(TREE("", HART(0, "riscv,isa-extensions = \"i\", \"svpbmt\", \"m\";"))));
	assert_false(has(TREE("", HART(0, "riscv,isa-extensions = \"i\", \"svpbm\", \"m\";"))));
	assert_false(has(TREE("", HART(0, ISA("rv64imac_svpbmt2")))));
	assert_false(has(TREE("", HART(0, ISA("rv64imac_xsvpbmt")))));
	assert_false(has(TREE("", HART(0, ISA("rv64imacsvpbmt")))));
	assert_false(has(TREE("", HART(0, ISA("rv64imac_svpbmt")) HART(1, ISA("rv64imac")))));
	assert_false(has(TREE("", HART(0, ISA("rv64imac")) HART(1, ISA("rv64imac_svpbmt")))));
	assert_true(has(TREE("", HART(0, ISA("rv64imac_svpbmt"))
			     HART(1, "status = \"disabled\";") HART(2, "status = \"fail\";"))));
	assert_true(has("/ { cpus { " HART(0, ISA("rv64imac_svpbmt")) " };"
			"   soc { " HART(1, ISA("rv64imac")) " }; };"));
	assert_false(has(TREE("", HART(0, "riscv,isa;"))));
	assert_false(has(TREE("", HART(0, "riscv,isa = [73 76 70 62 6d 74];"))));	/* no end */
	assert_false(has(TREE("", "")));
	assert_false(tree_cpus(NULL, 0).svpbmt);
}

/* ---- Without UEFI ---- */

static struct boot_info draft;
static uint64_t collected;
static bool has_port;

struct boot_info *draft_info(struct draft *d)
{
	assert_ptr_equal(d, &draft);
	return &draft;
}

void dtb_collect(struct draft *d, struct raw *r, uint64_t a)
{
	assert_true((void *)d == &draft && !r);
	collected = a;
}

bool dtb_port(uint64_t a, struct boot_uart *out)
{
	assert_int_equal(a, 7);
	if (has_port)
		out->base = 0x1000;
	return has_port;
}

void arch_default_uart(struct boot_uart *out)
{
	out->base = 0x2000;
}

static jmp_buf panicked;

void panic(const char *fmt, ...)
{
	(void)fmt;
	longjmp(panicked, 1);
}

static void test_image(void **state)
{
	struct boot_uart port = { 0 };
	size_t size;
	void *blob = dtc(TREE("boot-hartid = <5>;", "timebase-frequency = <1000>;"), &size);

	(void)state;
	arch_collect(BOOT_ENTRY_IMAGE, (struct draft *)&draft, NULL, (uint64_t)blob, 4);
	assert_true(collected == (uint64_t)blob);
	assert_true(draft.cpu_id == 4 && draft.counter_hz == 1000);	/* 4: passed in a0 */
	assert_false(svpbmt);
	free(blob);
	collected = 0;
	if (!setjmp(panicked)) {
		arch_collect(BOOT_ENTRY_PVH, (struct draft *)&draft, NULL, 0, 0);
		fail_msg("not an entry of this CPU");
	}
	assert_true(collected == 0);
	arch_collect_port(7, &port);
	assert_true(port.base == 0x2000);
	has_port = true;
	arch_collect_port(7, &port);
	assert_true(port.base == 0x1000);
}

/* ---- UEFI ---- */

static efi_status_t get_status;
static uint64_t get_id;
static efi_status_t locate_status;
static bool locate_nothing;

static efi_status_t get(struct boot_hart *self, uint64_t *id)
{
	assert_true(self->revision == 0x10000);
	*id = get_id;
	return get_status;
}

static struct boot_hart hart_protocol = { .revision = 0x10000, .get = get };

static efi_status_t locate(const struct efi_guid *protocol, void *registration, void **out)
{
	static const uint8_t guid[16] = {	/* as it lies in memory */
		0xec, 0x5f, 0xd1, 0xcc, 0x73, 0x6f, 0xec, 0x4e,
		0x83, 0x95, 0x3e, 0x69, 0xe4, 0xb9, 0x40, 0xbf,
	};

	assert_memory_equal(protocol, guid, sizeof(guid));
	assert_null(registration);
	if (locate_status == EFI_SUCCESS)
		*out = locate_nothing ? NULL : &hart_protocol;
	return locate_status;
}

static struct efi_boot_services boot = { .locate_protocol = locate };
static const struct efi_system_table systab = { .boot = &boot };

static uint64_t root;			/* the RSDP */

static struct boot_info told(const char *dts)
{
	struct boot_info out = { .cpu_id = 99, .counter_hz = 99, .acpi_rsdp = root };
	struct boot_range range = { 0 };
	void *blob = NULL;
	size_t size;

	if (dts) {
		blob = dtc(dts, &size);
		range = (struct boot_range){ (uint64_t)blob, size };
	}
	arch_collect_efi(&systab, &range, &out);
	free(blob);
	return out;
}

static void test_protocol(void **state)
{
	const char *const dts = TREE("boot-hartid = <5>;", "timebase-frequency = <1000>;");
	struct boot_info i;

	(void)state;
	get_id = 3;
	i = told(dts);
	assert_true(i.cpu_id == 3 && i.counter_hz == 1000);
	i = told(NULL);				/* ACPI: the kernel finds the frequency */
	assert_true(i.cpu_id == 3 && i.counter_hz == 0);
	get_status = EFI_UNSUPPORTED;		/* the protocol fails: perhaps the tree says it */
	assert_true(told(dts).cpu_id == 5);
	assert_true(told(NULL).cpu_id == 0);
	get_status = EFI_SUCCESS;
	locate_nothing = true;
	assert_true(told(dts).cpu_id == 5);
	locate_nothing = false;
	locate_status = EFI_NOT_FOUND;
	assert_true(told(dts).cpu_id == 5);
	assert_true(told(TREE("boot-hartid = <1 2>;", "")).cpu_id == (1ull << 32 | 2));
	locate_status = EFI_SUCCESS;
	boot.locate_protocol = NULL;
	assert_true(told(dts).cpu_id == 5);
	boot.locate_protocol = locate;
}

/* Svpbmt is used if it is promised and works. */
static void test_types(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		types = i & 1;
		(void)told(TREE("", HART(0, ISA("rv64imac_svpbmt"))));
		assert_int_equal(svpbmt, i & 1);
		(void)told(TREE("", HART(0, ISA("rv64imac"))));
		assert_false(svpbmt);
	}
	types = true;
}

/* Without a tree ACPI's RHCT counts; with one it is not read. */
static void test_rhct(void **state)
{
	static uint8_t t[] = {
		[40] = 5, [48] = 2, [52] = 56,
		[56] = 0, [58] = 16, [62] = 8, [64] = 's', 'v', 'p', 'b', 'm', 't',
		[72] = 0xff, 0xff, 16, [78] = 1, [84] = 56, [87] = 0,
	};
	void *const rhct = table(t, sizeof(t), "RHCT"), *last;
	struct boot_info i;

	(void)state;
	locate_status = EFI_NOT_FOUND;
	fake_cpu.top = ARCH_REACH;
	root = (uint64_t)rsdp(NEW, &rhct, 1);
	i = told(NULL);
	assert_true(i.counter_hz == 5 && i.cpu_id == 0 && svpbmt);
	types = false;
	assert_true(told(NULL).counter_hz == 5 && !svpbmt);
	types = true;
	i = told(TREE("boot-hartid = <5>;", "timebase-frequency = <1000>;"));
	assert_true(i.counter_hz == 1000 && i.cpu_id == 5 && !svpbmt);
	((uint8_t *)rhct)[40]++;		/* a wrong sum */
	i = told(NULL);
	assert_true(i.counter_hz == 0 && !svpbmt);
	((uint8_t *)rhct)[40]--;
	fake_cpu.unmapped = (struct boot_range){ (uint64_t)rhct + 87, 1 };
	assert_true(told(NULL).counter_hz == 0);
	fake_cpu.unmapped.base++;		/* nothing is mapped after it */
	assert_true(told(NULL).counter_hz == 5);
	fake_cpu.unmapped.size = 0;
	assert_true(told(NULL).counter_hz == 5);
	t[62] = 6;				/* its text ends there, without a NUL */
	t[70] = '2';
	last = table(t, sizeof(t), "RHCT");
	root = (uint64_t)rsdp(NEW, &last, 1);
	assert_true(told(NULL).counter_hz == 5 && svpbmt);
	t[74] = 12;				/* the hart's node ends before its offset */
	last = table(t, sizeof(t), "RHCT");
	root = (uint64_t)rsdp(NEW, &last, 1);
	assert_true(told(NULL).counter_hz == 5 && !svpbmt);
	root = ARCH_REACH;
	assert_true(told(NULL).counter_hz == 0);
	fake_cpu.top = UINT64_MAX;		/* firmware maps more than we can */
	assert_null(table_reach(NULL, ARCH_REACH - 8, 9));
	assert_ptr_equal(table_reach(NULL, ARCH_REACH - 8, 8), (void *)(ARCH_REACH - 8));
	assert_null(table_reach(NULL, ARCH_REACH, 1));
	assert_null(table_reach(NULL, 0, 1));
	root = 0;
	locate_status = EFI_SUCCESS;
	clean();
}

/* A hart with two strings, of which the first says nothing: that one counts. */
static void test_rhct_strings(void **state)
{
	static uint8_t t[] = {
		[40] = 5, [48] = 3, [52] = 56, [56] = 0, [58] = 8,
		[64] = 0, [66] = 16, [70] = 8, [72] = 's', 'v', 'p', 'b', 'm', 't',
		[80] = 0xff, 0xff, 20, [86] = 2, [92] = 56, [96] = 64, [99] = 0,
	};

	(void)state;
	locate_status = EFI_NOT_FOUND;
	fake_cpu.top = ARCH_REACH;
	for (uint32_t i = 0; i < 2; i++) {
		void *rhct;

		t[92] = i ? 64 : 56;
		rhct = table(t, sizeof(t), "RHCT");
		root = (uint64_t)rsdp(NEW, &rhct, 1);
		assert_true(told(NULL).counter_hz == 5 && svpbmt == i);
	}
	root = 0;
	locate_status = EFI_SUCCESS;
	clean();
}

/* ---- harts ---- */

static void check(const char *dts, uint32_t n, const uint64_t *ids, const uint32_t *controllers)
{
	size_t size;
	void *blob = dtc(dts, &size);
	struct harts h;

	assert_true(harts_start(&h, blob, size));
	for (uint32_t i = 0; i < n; i++) {
		assert_true(harts_next(&h));
		assert_true(h.id == ids[i]);
		assert_int_equal(harts_controller(&h), controllers[i]);
	}
	assert_false(harts_next(&h));
	assert_false(harts_next(&h));
	free(blob);
}

/* The nodes of /cpus that may run; not cpu-map, and nothing outside of /cpus. */
static void test_harts(void **state)
{
	(void)state;
	check(TREE("", HART(0, "") HART(1, "status = \"disabled\";") HART(2, "status = \"okay\";")
		   HART(3, "status = \"fail\";") HART(4, "status = \"fail-sss\";") HART(5, "")
		   "cpu-map { cluster0 { core0 { cpu = <0x70>; }; }; };"),
	      3, (uint64_t[]){ 0, 2, 5 }, (uint32_t[]){ 0x70, 0x72, 0x75 });
	check(TREE("", "cpu@0 { device_type = \"cpu\"; reg = <1 2>; };"
		   "cpu@1 { device_type = \"cpu\"; };"
		   "cpu@2 { device_type = \"cpu\"; reg = <1 2 3>; };"
		   "cpu@3 { reg = <3>; }; cache { device_type = \"cache\"; reg = <4>; };"
		   "cpu@5 { device_type = \"cpu\"; reg = <5>;"
		   "  interrupt-controller { compatible = \"other\"; phandle = <6>; }; };"
		   HART(6, "")),
	      5, (uint64_t[]){ 1ull << 32 | 2, HART_NONE, HART_NONE, 5, 6 },
	      (uint32_t[]){ 0, 0, 0, 0, 0x76 });
	check("/ { cpus { " HART(1, "") " }; soc { " HART(2, "") " }; };", 1,
	      (uint64_t[]){ 1 }, (uint32_t[]){ 0x71 });
}

static void test_no_tree(void **state)
{
	struct harts h;
	size_t size;
	void *blob = dtc("/ { soc { cpus { " HART(0, "") " }; }; };", &size);

	(void)state;
	assert_false(harts_start(&h, NULL, 0));
	assert_false(harts_start(&h, "no tree, but enough bytes of text to be looked at", 40));
	assert_false(harts_start(&h, blob, size));
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frequency), cmocka_unit_test(test_image),
		cmocka_unit_test(test_extension), cmocka_unit_test(test_no_tree),
		cmocka_unit_test(test_protocol), cmocka_unit_test(test_types),
		cmocka_unit_test(test_rhct), cmocka_unit_test(test_rhct_strings),
		cmocka_unit_test(test_harts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
