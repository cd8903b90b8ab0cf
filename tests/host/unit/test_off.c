/* SPDX-License-Identifier: MIT */
/* test_off.c - S5 wherever firmware puts it, from the RSDP to the port. The AML is iasl's. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "tests/host/unit/aml_make.h"
#include "arch/boot.h"

#define FADT_V1_SIZE	116
#define SCI_EN		1
#define BM_RLD		2			/* both are preserved; GBL_RLS is write-only */
#define GBL_RLS		4
#define SLP(type)	((type) << 10 | 1 << 13)	/* SLP_TYP, SLP_EN */
#define PM1A		0x604
#define PM1B		0x608
#define RESET		0xcf9

static uint32_t written, warned, enabled;
static uint8_t pm1 = SCI_EN, enable;	/* what is read; what to write to leave legacy mode */
static uint8_t pm1b = GBL_RLS | BM_RLD;
static uint16_t smi;
static uint32_t reads, slow;		/* of PM1; legacy mode is left after that many */
static struct acpi_fadt given = { .pm1a_control = PM1A, .pm1b_control = PM1B };
static uint32_t given_size = sizeof(given);
static bool fadt_last;			/* of the tables, else the first */
static uint16_t value[2];
static uint8_t reset_to;

static const void *reach(void *cookie, uint64_t pa, uint64_t size)
{
	assert_ptr_equal(cookie, &given);
	(void)size;
	return (const void *)pa;
}

/* Registers in memory; what was written to them, in order. */
static uint8_t cell[2], in_order[4], *last;
static uint32_t windows;
static bool no_window;

static void window_note(void)
{
	if (last)
		in_order[windows - 1] = *last;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	assert_ptr_equal(cookie, &given);
	assert_int_equal(size, 1);
	window_note();
	assert_in_range(++windows, 1, 2);
	last = no_window ? NULL : (uint8_t *)pa;
	return last;
}

uint8_t arch_port_in8(uint16_t at)
{
	if (at == PM1B)
		return pm1b;
	assert_int_equal(at, PM1A);
	reads++;
	if (slow && !--slow)
		pm1 = SCI_EN;
	return pm1;
}

void arch_port_out8(uint16_t at, uint8_t byte)
{
	if (at == RESET) {
		reset_to = byte;
		return;
	}
	if (!smi || at != smi || byte != enable)
		fail_msg("%x %x", at, byte);
	enabled++;
	if (!slow)
		pm1 = SCI_EN;
}

void arch_port_out16(uint16_t at, uint16_t v)
{
	assert_int_equal(at, written ? PM1B : PM1A);
	value[written++] = v;
}

void console_warn(const char *fmt, ...)
{
	assert_non_null(strstr(fmt, "AML"));
	warned++;
}

static const struct aml none = AML("\x08XXX_\x00");
static const struct aml name = AML("\x08_S5_\x12\x08\x04\x0a\x05\x0a\x06\x00\x00");
static const struct aml root_name = AML("\x08\\_S5_\x12\x08\x04\x0a\x05\x0a\x06\x00\x00");
static const struct aml method = AML("\x14\x10_S5_\x00\xa4\x12\x08\x04\x0a\x05\x0a\x06\x00\x00");
static const struct aml one = AML("\x08\\_S5_\x12\x05\x01\x0b\x05\x06");
static const struct aml qword =
	AML("\x08_S5_\x12\x0d\x02\x0e\x05\0\0\0\0\0\0\0\x0a\x06");
static const struct aml dword = AML("\x08_S5_\x12\x09\x02\x0c\x05\0\0\0\x0a\x06");
static const struct aml hard = AML("\x08XX__\x00\x14\x1d\\_S5_\x00\xa0\x0dXX__\xa4\x12\x06\x02\x0a"
				   "\x05\x0a\x05\xa4\x12\x06\x02\x0a\x07\x0a\x07");
static const struct aml noop =	/* a method that does something before it returns */
	AML("\x14\x11_S5_\x00\xa3\xa4\x12\x08\x04\x0a\x05\x0a\x06\x00\x00");
static const struct aml store =
	AML("\x14\x11_S5_\x00\x70\x12\x08\x04\x0a\x05\x0a\x06\x00\x00\x60");
static const struct aml alias = AML("\x08_S5_PKG5");

/* Packages that end before their first byte, and after the table. */
static const struct aml nothing = AML("\x08_S5_\x12\x01");	/* and the table, too */
static const struct aml beyond = AML("\x08_S5_\x12\x09\x04\x0a\x05\x0a\x06\x00\x00");

/* Calls the method. Returns how many words were written. */
static uint32_t call(void (*method)(struct power *p), int kind, void *dsdt, void *ssdt1,
		     void *ssdt2)
{
	struct acpi_fadt f = given;
	void *entry[3] = { ssdt2, ssdt1, ssdt2 };
	struct power p = { { .reach = reach, .cookie = &given }, 0, window };

	if (kind == NEW)
		f.x_dsdt = (uint64_t)dsdt;
	else
		f.dsdt = (uint32_t)(uint64_t)dsdt;
	f.smi_command = smi;
	f.acpi_enable = enable;
	entry[2 * fadt_last] = table(&f, kind == NEW ? given_size : FADT_V1_SIZE, "FACP");
	written = warned = enabled = reads = windows = 0;
	last = NULL;
	p.rsdp = (uint64_t)rsdp(kind, entry, ARRAY_SIZE(entry));
	method(&p);
	window_note();
	return written;
}

/* The first two SLP_TYP must be 5 and 6. */
static uint32_t off(int kind, void *dsdt, void *ssdt1, void *ssdt2)
{
	if (call(power_off, kind, dsdt, ssdt1, ssdt2)) {
		assert_int_equal(value[0], SLP(5) | (pm1 & ~GBL_RLS));
		assert_int_equal(value[1], SLP(6) | BM_RLD);
	}
	return written;
}

static void test_elsewhere_Q99(void **state)
{
	static const struct aml *const good[] = { &name, &root_name, &method, &one, &dword,
						  &qword };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(good); i++) {
		void *other = aml_table("SSDT", &none, 0);

		assert_int_equal(off(NEW, aml_table("DSDT", good[i], 0), other, other), 2);
		assert_int_equal(off(NEW, aml_table("DSDT", &none, 0), other,
				     aml_table("SSDT", good[i], 0)), 2);
		assert_int_equal(off(NEW, aml_table("DSDT", &hard, 0),
				     aml_table("SSDT", good[i], 0), other), 2);
		fadt_last = true;
		assert_int_equal(off(NEW, aml_table("DSDT", &none, 0),
				     aml_table("SSDT", good[i], 0), other), 2);
		fadt_last = false;
		assert_int_equal(off(NEW, aml_table("DSDT", &none, 0), other,
				     aml_table("OEM1", good[i], 0)), 0);	/* no AML in it */
		assert_int_equal(warned, 0);
		clean();
	}
}

/* What only an interpreter could evaluate is reported, and nothing is written. */
static void test_needs_aml_Q99(void **state)
{
	static const struct aml *const bad[] = { &hard, &noop, &store, &alias };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		void *other = aml_table("SSDT", &none, 0);

		assert_int_equal(off(NEW, aml_table("DSDT", bad[i], 0), other, other), 0);
		assert_int_equal(warned, 1);
		assert_int_equal(off(NEW, aml_table("DSDT", &none, 0), other,
				     aml_table("SSDT", bad[i], 0)), 0);
		assert_int_equal(warned, 1);
		assert_int_equal(off(NEW, aml_table("DSDT", &none, 0), other, other), 0);
		assert_int_equal(warned, 0);
		clean();
	}
}

/* Tables and parts that end anywhere, or say so: nothing after the end is read or believed. */
static void test_short_Q99(void **state)
{
	static const struct aml *const all[] = { &name, &root_name, &method, &one, &qword, &hard };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		for (uint32_t cut = 1; cut < all[i]->size; cut++) {
			void *other = aml_table("SSDT", &none, 0);

			(void)off(NEW, aml_table("DSDT", &none, 0), other,
				  aml_table("SSDT", all[i], cut));
			clean();
		}
		for (uint32_t bit = 0; bit < 8 * all[i]->size; bit++) {
			char bytes[100];
			const struct aml a = { bytes, all[i]->size };
			uint32_t type[2];

			memcpy(bytes, all[i]->bytes, a.size);
			bytes[bit / 8] ^= (char)(1 << bit % 8);
			(void)s5_find(aml_table("SSDT", &a, 0), type);
			clean();
		}
	}
}

/* Nor is a package whose length is wrong. */
static void test_length(void **state)
{
	static const struct aml *const bad[] = { &nothing, &beyond };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		void *other = aml_table("SSDT", &none, 0);

		assert_int_equal(off(NEW, aml_table("DSDT", bad[i], 0), other, other), 0);
		clean();
	}
}

/* Legacy mode is left before power is switched off, if the FADT says how. */
static void test_enable(void **state)
{
	static const struct {
		uint8_t pm1, enable;
		uint16_t smi;
		uint32_t enabled;
	} t[] = {
		{ 0, 0xa1, 0xb2, 1 }, { SCI_EN, 0xa1, 0xb2, 0 }, { SCI_EN | 4, 0xa1, 0xb2, 0 },
		{ 4, 0xa1, 0xb2, 1 }, { 0, 0xa1, 0, 0 }, { 0, 0, 0xb2, 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		pm1 = t[i].pm1;
		enable = t[i].enable;
		smi = t[i].smi;
		assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
		assert_int_equal(enabled, t[i].enabled);
	}
	smi = 0xb2;
	enable = 0xa1;
	for (uint32_t polls = 2; polls < 5; polls++) {		/* until it has been left */
		pm1 = 0;
		slow = 1 + polls;
		assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
		assert_int_equal(reads, 1 + polls + 1);
	}
	pm1 = 0;
	slow = UINT32_MAX;					/* or not for ever */
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
	assert_int_equal(reads, 1 + 1000000 + 1);
	pm1 = SCI_EN;
	smi = enable = slow = 0;
	clean();
}

/* The longer FADT's registers count if they are in it, are somewhere, and are ports. */
static void test_ports(void **state)
{
	const struct acpi_fadt before = given;
	const struct acpi_gas port = { .space = 1, .address = PM1A }, b = { 1, 16, 0, 2, PM1B };
	static const struct { uint32_t size; uint8_t space; bool there, used; } t[] = {
		{ 268, 1, true, true }, { 184, 1, true, true }, { 183, 1, true, false },
		{ 268, 0, true, false }, { 268, 1, false, false },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		given.pm1a_control = t[i].used ? 0x999 : PM1A;
		given.x_pm1a_control = port;
		given.x_pm1a_control.space = t[i].space;
		given.x_pm1a_control.address = t[i].used ? PM1A : t[i].there ? 0x998 : 0;
		given_size = t[i].size;
		assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
	}
	given_size = sizeof(given);
	given = before;
	given.pm1b_control = 0;				/* there may be one alone */
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 1);
	given.x_pm1b_control = b;
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
	given.x_pm1b_control.address = given.pm1a_control = 0;
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 0);
	given = before;
	clean();
}

/* The longer FADT's address of the DSDT counts if all of it is there, and a good DSDT is at it. */
static void test_dsdt(void **state)
{
	const uint32_t all = __builtin_offsetof(struct acpi_fadt, x_pm1a_event);

	(void)state;
	for (given_size = all - 1; given_size <= all + 1; given_size++)
		assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL),
				 given_size < all ? 0 : 2);
	given_size = sizeof(given);
	low = (uint64_t)mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	given.dsdt = (uint32_t)(uint64_t)aml_table("DSDT", &hard, 0);
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
	given.dsdt = (uint32_t)(uint64_t)aml_table("DSDT", &name, 0);
	assert_int_equal(off(NEW, aml_table("OEM1", &hard, 0), NULL, NULL), 2);
	given.dsdt = 0;
	low = 0;
	clean();
}

/* Hardware-reduced machines: WAK_STS is cleared, then SLP_TYP and SLP_EN are written (4.8.3.7). */
static void test_reduced(void **state)
{
	const struct acpi_fadt before = given;

	(void)state;
	given.flags = 1u << 20;
	given.sleep_control = (struct acpi_gas){ .address = (uint64_t)&cell[0] };
	given.sleep_status = (struct acpi_gas){ .address = (uint64_t)&cell[1] };
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 0);
	assert_int_equal(windows, 2);
	assert_int_equal(cell[1], 0x80);
	assert_int_equal(cell[0], 5 << 2 | 0x20);
	assert_int_equal(in_order[0], 0x80);
	no_window = true;				/* nowhere to write */
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 0);
	assert_int_equal(windows, 2);
	no_window = false;
	given_size = sizeof(given) - 1;			/* no such register */
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 0);
	assert_int_equal(windows, 0);
	given_size = sizeof(given);
	given = before;
	clean();
}

/* The reset register, a port or memory, if the FADT has one and says so (4.8.3.6). */
static void test_reset(void **state)
{
	const struct acpi_fadt before = given;
	const uint32_t all = __builtin_offsetof(struct acpi_fadt, boot_flags_arm);
	static const struct {
		uint32_t flags, size;
		uint64_t at;
		uint8_t space, port, memory;
	} t[] = {
		{ 1u << 10, 268, RESET, 1, 6, 0 }, { 1u << 10, 129, RESET, 1, 6, 0 },
		{ 1u << 10, 128, RESET, 1, 0, 0 }, { 1u << 11, 268, RESET, 1, 0, 0 },
		{ 1u << 10, 268, 0, 0, 0, 0 }, { 1u << 10, 268, 0, 1, 0, 0 },
		{ 1u << 10, 268, 1, 0, 0, 6 },
		{ 1u << 10, 268, 1, 2, 0, 0 },		/* in PCI's configuration space */
	};

	(void)state;
	assert_int_equal(all, 129);
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		given.flags = t[i].flags;
		given.reset_value = 6;
		given.reset = (struct acpi_gas){ .space = t[i].space, .address = t[i].at };
		if (t[i].at == 1)
			given.reset.address = (uint64_t)&cell[0];
		given_size = t[i].size;
		cell[0] = reset_to = 0;
		assert_int_equal(call(power_reset, NEW, NULL, NULL, NULL), 0);
		if (reset_to != t[i].port || cell[0] != t[i].memory)
			fail_msg("case %u: %x %x", i, reset_to, cell[0]);
		assert_int_equal(windows, t[i].memory != 0);
	}
	given_size = sizeof(given);
	given = before;
	clean();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elsewhere_Q99), cmocka_unit_test(test_needs_aml_Q99),
		cmocka_unit_test(test_enable), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_short_Q99), cmocka_unit_test(test_length),
		cmocka_unit_test(test_dsdt), cmocka_unit_test(test_reduced),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
