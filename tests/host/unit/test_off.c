/* SPDX-License-Identifier: MIT */
/* test_off.c - S5 wherever firmware puts it, from the RSDP to the port. The AML is iasl's. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "tests/host/unit/acpi_make.h"
#include "kernel/firmware/firmware.h"

#define FADT_V1_SIZE	116
#define SCI_EN		1
#define SLP(type)	((type) << 10 | 1 << 13)	/* SLP_TYP, SLP_EN */
#define PM1A		0x604
#define PM1B		0x608

static uint32_t written, warned, enabled;
static uint8_t pm1 = SCI_EN, enable;	/* what is read; what to write to leave legacy mode */
static uint16_t smi;
static uint32_t reads, slow;		/* of PM1; legacy mode is left after that many */
static struct acpi_fadt given = { .pm1a_control = PM1A, .pm1b_control = PM1B };
static uint32_t given_size = sizeof(given);
static uint16_t value[2];

const void *windows_reach(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	(void)size;
	return (const void *)pa;
}

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	fail_msg("%lx %lx %x", pa, size, perm);
	return NULL;
}

void window_unmap(const void *p)
{
	assert_null(p);
}

uint8_t arch_port_in8(uint16_t at)
{
	assert_int_equal(at, PM1A);
	reads++;
	if (slow && !--slow)
		pm1 = SCI_EN;
	return pm1;
}

void arch_port_out8(uint16_t at, uint8_t byte)
{
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

#define AML(text)	{ text, sizeof(text) - 1 }
struct aml {
	const char *bytes;
	uint32_t size;
};

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

static void *aml_table(const char *signature, const struct aml *a, uint32_t cut)
{
	uint8_t data[200] = { 0 };

	memcpy(data + sizeof(struct acpi_header), a->bytes, a->size - cut);
	return table(data, (uint32_t)sizeof(struct acpi_header) + a->size - cut, signature);
}

/* Returns how many words were written; the first two SLP_TYP must then be 5 and 6. */
static uint32_t off(int kind, void *dsdt, void *ssdt1, void *ssdt2)
{
	struct acpi_fadt f = given;
	void *entry[3] = { NULL, ssdt1, ssdt2 };
	struct boot_info bi = { 0 };
	struct kernel k = { .bi = &bi };

	if (kind == NEW)
		f.x_dsdt = (uint64_t)dsdt;
	else
		f.dsdt = (uint32_t)(uint64_t)dsdt;
	f.smi_command = smi;
	f.acpi_enable = enable;
	entry[0] = table(&f, kind == NEW ? given_size : FADT_V1_SIZE, "FACP");
	written = warned = enabled = reads = 0;
	bi.acpi_rsdp = (uint64_t)rsdp(kind, entry, ARRAY_SIZE(entry));
	acpi_off(&k);
	if (written) {
		assert_int_equal(value[0], SLP(5));
		assert_int_equal(value[1], SLP(6));
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

/* PkgLength (20.2.4) of 1 to 4 bytes: up to a table's last byte, and not one more. */
static void test_long(void **state)
{
	static const uint32_t lengths[][2] = {		/* bytes, what they say */
		{ 1, 0x3f }, { 2, 0x12 }, { 2, 0xfff }, { 3, 0x13 }, { 3, 0x10cb },
		{ 4, 0x14 }, { 4, 0x101234 },
	};
	const uint32_t head = sizeof(struct acpi_header);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const uint32_t bytes = lengths[i][0], length = lengths[i][1];
		const uint32_t size = head + 6 + length;
		uint8_t *data = calloc(1, size), *p = data + head;
		uint32_t type[2] = { 0 };

		memcpy(p, "\x08_S5_\x12", 6);
		for (uint32_t n = 0, rest = length >> 4; n < bytes; n++)
			if (n) {
				p[6 + n] = (uint8_t)rest;
				rest >>= 8;
			}
		p[6] = (uint8_t)(bytes > 1 ? (bytes - 1) << 6 | (length & 0xf) : length);
		memcpy(p + 6 + bytes, "\x04\x0a\x05\x0a\x06", 5);
		assert_int_equal(s5_find(table(data, size, "DSDT"), type), S5_FOUND);
		assert_int_equal(type[0], 5);
		assert_int_equal(type[1], 6);
		assert_int_equal(s5_find(table(data, size - 1, "DSDT"), type), S5_NEEDS_AML);
		free(data);
		clean();
	}
}

/* Fill the stack, so that a result that was not set is not 0 by chance. */
static __attribute__((noinline)) void stack_fill(void)
{
	volatile uint8_t some[2048];

	for (uint32_t i = 0; i < sizeof(some); i++)
		some[i] = 0xa5;
}

/* Each form of a number, and of what may surround them. */
static void test_forms(void **state)
{
#define ROW(text, a, b)	{ AML(text), S5_FOUND, a, b }
#define NO(text)	{ AML(text), S5_NEEDS_AML, 0, 0 }
	static const struct { struct aml aml; enum s5 found; uint32_t a, b; } t[] = {
		ROW("\x08_S5_\x12\x04\x02\x00\x01", 0, 1),
		ROW("\x08_S5_\x12\x04\x02\x01\x00", 1, 0),
		ROW("\x08_S5_\x12\x03\x01\x01", 1, 0),
		ROW("\x08_S5_\x12\x05\x02\x0a\xff\x01", 0xff, 1),
		ROW("\x08_S5_\x12\x06\x02\x0b\x34\x12\x01", 0x1234, 1),
		ROW("\x08_S5_\x12\x05\x01\x0b\x34\x12", 0x1234, 0x12),
		ROW("\x08_S5_\x12\x08\x02\x0c\x78\x56\x34\x12\x01", 0x12345678, 1),
		ROW("\x08_S5_\x12\x0c\x02\x0e\x78\x56\x34\x12\x99\x99\x99\x99\x01",
		    0x12345678, 1),
		ROW("\x08_S5_\x12\x05\x02\x01\x0a\x07", 1, 7),
		ROW("\x14\x0c_S5_\x08\xa4\x12\x04\x02\x01\x00", 1, 0),	/* serialized */
		NO("\x14\x0c_S5_\x01\xa4\x12\x04\x02\x01\x00"),	/* with arguments */
		NO("\x14\x0c_S5_\x02\xa4\x12\x04\x02\x01\x00"),
		NO("\x14\x0c_S5_\x04\xa4\x12\x04\x02\x01\x00"),
		NO("\x14\x0c_S5_\x00\xa5\x12\x04\x02\x01\x00"),
		NO("\x08_S5_\x13\x04\x02\x01\x00"), NO("\x08_S5_\x12\x04\x00\x01\x00"),
		NO("\x08_S5_\x12\x03\x02\x01\x00"),	/* the second is outside */
		NO("\x08_S5_\x12\x02\x01\x01"), NO("\x08_S5_\x12\x01\x01\x01"),
		NO("\x08_S5_\x12\x04\x02\x02\x00"), NO("\x08_S5_\x12\x04\x02\x00\x02"),
		NO("\x08_S5_\x12\x04\x01\x0b\x01\x01"), NO("\x08_S5_\x12\x03\x01\x0a\x01"),
		{ AML("\x08_S6_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x07_S5_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x08\\\\_S5_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x08_S5"), S5_ABSENT, 0, 0 }, NO("\x08_S5_"),
		NO("\x08_S5_\x12\x40"),
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		const struct acpi_header *h = aml_table("DSDT", &t[i].aml, 0);
		uint32_t type[2] = { 0 };
		enum s5 found;

		stack_fill();
		found = s5_find(h, type);
		if (found != t[i].found || type[0] != t[i].a || type[1] != t[i].b)
			fail_msg("case %u: %d %x %x", i, (int)found, type[0], type[1]);
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
		assert_int_equal(reads, 1 + polls);
	}
	pm1 = 0;
	slow = UINT32_MAX;					/* or not for ever */
	assert_int_equal(off(NEW, aml_table("DSDT", &name, 0), NULL, NULL), 2);
	assert_int_equal(reads, 1 + 1000000);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elsewhere_Q99), cmocka_unit_test(test_needs_aml_Q99),
		cmocka_unit_test(test_enable), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_short_Q99), cmocka_unit_test(test_length),
		cmocka_unit_test(test_long), cmocka_unit_test(test_forms),
		cmocka_unit_test(test_dsdt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
