/* SPDX-License-Identifier: MIT */
/* test_uart_find.c - the serial port in hand-made ACPI tables, good and damaged, and in a tree. */
#include "tests/host/unit/acpi_make.h"
#include "tests/host/unit/dtc.h"
#include "tests/host/arch/cpu.h"
#include "stub/uart_find.h"
#include <sys/mman.h>

static const void *tree;	/* given to uart_find if not NULL */
static size_t tree_size;

static void *spcr(uint8_t type, struct acpi_gas gas)
{
	struct acpi_spcr t = { .type = type, .address = gas };

	return table(&t, sizeof(t), "SPCR");
}

struct dbg2 {
	struct acpi_dbg2 head;
	struct {
		struct acpi_dbg2_device device;
		struct acpi_gas gas;
	} ACPI_PACKED port[2];
} ACPI_PACKED;

static void dbg2_fill(struct dbg2 *t)
{
	t->head.offset = offsetof(struct dbg2, port);
	t->head.count = ARRAY_SIZE(t->port);
	for (uint32_t i = 0; i < ARRAY_SIZE(t->port); i++) {
		struct acpi_dbg2_device *d = &t->port[i].device;

		d->length = sizeof(t->port[i]);
		d->addresses = 1;
		d->address_offset = sizeof(*d);
		d->type = i ? ACPI_DBG2_SERIAL : 0x8003;	/* a network card, a port */
		d->subtype = ACPI_UART_PL011;
		t->port[i].gas = (struct acpi_gas){ 0, 32, 0, 3, 0x5000 + 0x100 * i };
	}
}

static bool find(const struct acpi_rsdp *r, struct boot_uart *out)
{
	*out = (struct boot_uart){ 0 };
	return uart_find(&(struct reach){ 0 }, (uint64_t)r, tree, tree_size, out);
}

static bool find_one(void *t, struct boot_uart *out)
{
	return find(rsdp(NEW, &t, 1), out);
}

/* Returns where the port was found (its source), 0: nowhere. Frees all tables. */
static uint32_t source(void *t)
{
	struct boot_uart uart;
	uint32_t from = find_one(t, &uart) ? uart.source : 0;

	clean();
	return from;
}

static void test_forms(void **state)
{
	static const struct {
		uint8_t type;
		struct acpi_gas gas;	/* space, bit width, bit offset, access, address */
		struct boot_uart want;
	} forms[] = {
		/* x86: ports. EC2's tables leave the access size out. */
		{ 0x00, { 1, 8, 0, 1, 0x3f8 }, { 0x3f8, BOOT_UART_16550, 1, 0, 1, 0 } },
		{ 0x01, { 1, 8, 0, 0, 0x2f8 }, { 0x2f8, BOOT_UART_16550, 1, 0, 1, 0 } },
		{ 0x12, { 1, 32, 0, 3, 0x3f8 }, { 0x3f8, BOOT_UART_16550, 1, 0, 1, 0 } },
		{ 0, { 1, 8, 0, 1, 0xfffd }, { 0 } }, { 0, { 1, 8, 0, 1, 0x10000 }, { 0 } },
		{ 0, { 1, 8, 0, 1, 0x3e8 }, { 0 } },
		/* 16550 in memory */
		{ 0x00, { 0, 8, 0, 1, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 0, 1, 0 } },
		{ 0x12, { 0, 16, 0, 2, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 1, 2, 0 } },
		{ 0x12, { 0, 32, 0, 3, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 2, 4, 0 } },
		{ 0x05, { 0, 32, 0, 3, 0x70006000 }, { 0x70006000, BOOT_UART_16550, 0, 2, 4, 0 } },
		/* the bit width says nothing of how far apart they are */
		{ 0x00, { 0, 32, 0, 1, 0x10000000 }, { 0x10000000, BOOT_UART_16550, 0, 0, 1, 0 } },
		{ 0x00, { 0, 32, 0, 0, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 0, 1, 0 } },
		{ 0x00, { 0, 8, 0, 3, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 2, 4, 0 } },
		{ 0x00, { 0, 32, 0, 1, 1ull << 40 }, { 1ull << 40, BOOT_UART_16550, 0, 0, 1, 0 } },
		{ 0x00, { 0, 32, 0, 3, 0xfe032002 }, { 0 } },
		{ 0x00, { 0, 0, 0, 0, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 0, 1, 0 } },
		{ 0x00, { 0, 8, 0, 9, 0xfe032000 }, { 0xfe032000, BOOT_UART_16550, 0, 0, 1, 0 } },
		/* Arm */
		{ 0x03, { 0, 32, 0, 3, 0x9000000 }, { 0x9000000, BOOT_UART_PL011, 0, 0, 4, 0 } },
		{ 0x0d, { 0, 8, 0, 1, 0x9000000 }, { 0x9000000, BOOT_UART_PL011, 0, 0, 4, 0 } },
		{ 0x0e, { 0, 16, 0, 2, 0x9000000 }, { 0x9000000, BOOT_UART_PL011, 0, 0, 4, 0 } },
		{ 3, { 1, 32, 0, 3, 0x900 }, { 0 } }, { 3, { 0, 32, 0, 3, 0x9000002 }, { 0 } },
		/* a call to firmware, on a CPU without such calls */
		{ 0x15, { 0, 8, 0, 1, 0x5000 }, { 0 } },
		/* none of ours */
		{ 2, { 0, 32, 0, 3, 0x9000000 }, { 0 } }, { 0, { 0, 8, 0, 1, 0 }, { 0 } },
		{ 19, { 0, 32, 0, 3, 0x9000000 }, { 0 } }, { 0, { 0, 8, 0, 1, ARCH_REACH }, { 0 } },
		{ 0, { 2, 8, 0, 1, 0x3f8 }, { 0 } }, { 0, { 0x7f, 8, 0, 1, 0x3f8 }, { 0 } },
		{ 0, { 1, 8, 0, 1, 1 }, { 1, BOOT_UART_16550, 1, 0, 1, 0 } },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct boot_uart want = forms[i].want, got;

		want.source = want.type ? BOOT_UART_FROM_SPCR : 0;
		if (find_one(spcr(forms[i].type, forms[i].gas), &got) != !!want.type ||
		    (want.type && memcmp(&got, &want, sizeof(got))))
			fail_msg("form %u: type %u shift %u width %u", i, got.type, got.reg_shift,
				 got.reg_width);
		clean();
	}
}

/* Boards whose table says bytes and whose registers are words. */
static void test_xgene(void **state)
{
	static const struct {
		const char *oem, *table;
		uint32_t revision;
		uint8_t type, shift;
	} cases[] = {
		{ "APMC0D", "XGENESPC", 0, 0x00, 2 }, { "HPE   ", "ProLiant", 1, 0x00, 2 },
		{ "APMC0D", "XGENESPC", 1, 0x00, 0 }, { "APMC0D", "XGENESPD", 0, 0x00, 0 },
		{ "HPE   ", "XGENESPC", 0, 0x00, 0 }, { "APMC0D", "XGENESPC", 0, 0x12, 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acpi_spcr t = { .type = cases[i].type, .address = { 0, 8, 0, 1, 0x20000 } };
		struct boot_uart uart;

		memcpy(t.header.oem, cases[i].oem, sizeof(t.header.oem));
		memcpy(t.header.oem_table, cases[i].table, sizeof(t.header.oem_table));
		t.header.oem_revision = cases[i].revision;
		assert_true(find_one(table(&t, sizeof(t), "SPCR"), &uart));
		if (uart.reg_shift != cases[i].shift || uart.reg_width != 1 << cases[i].shift)
			fail_msg("case %u: shift %u width %u", i, uart.reg_shift, uart.reg_width);
		clean();
	}
}

static const struct acpi_gas com1 = { 1, 8, 0, 1, 0x3f8 };

static void test_spcr_damaged(void **state)
{
	static const uint32_t lengths[] = { 0, 8, 35, 36, 51, 8 * MIB + 1, ~0u };
	struct acpi_header *h;
	uint8_t *t;

	(void)state;
	assert_int_equal(source(spcr(0, com1)), BOOT_UART_FROM_SPCR);
	for (uint32_t i = 0; i < sizeof(struct acpi_spcr); i += i == 3 ? 5 : 1) {
		t = spcr(0, com1);
		t[i] ^= 0x40;			/* all but the length: that one follows */
		assert_int_equal(source(t), 0);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		h = spcr(0, com1);
		h->length = lengths[i];
		sum(h, MIN(lengths[i], sizeof(struct acpi_spcr)), &h->checksum);
		assert_int_equal(source(h), 0);
	}
	assert_int_equal(source(put("SPCR\0\0\0\0", 8)), 0);	/* its length: 0 */
	/* longer than we know it, as all are */
	h = calloc(1, 80);
	memcpy(h, spcr(0, com1), sizeof(struct acpi_spcr));
	assert_int_equal(source(table(h, 80, "SPCR")), BOOT_UART_FROM_SPCR);
	free(h);
}

static void test_dbg2(void **state)
{
	struct dbg2 t = { 0 };
	struct boot_uart uart;

	(void)state;
	dbg2_fill(&t);
	assert_true(find_one(table(&t, sizeof(t), "DBG2"), &uart));
	assert_int_equal(uart.base, 0x5100);
	assert_int_equal(uart.source, BOOT_UART_FROM_DBG2);
	assert_int_equal(uart.type, BOOT_UART_PL011);
	clean();
	t.port[0].device.type = ACPI_DBG2_SERIAL;
	assert_true(find_one(table(&t, sizeof(t), "DBG2"), &uart));
	assert_int_equal(uart.base, 0x5000);
	clean();
	t.port[0].device.subtype = 7;		/* a port we cannot drive: the next */
	assert_true(find_one(table(&t, sizeof(t), "DBG2"), &uart));
	assert_int_equal(uart.base, 0x5100);
	assert_int_equal(source(table(&t, sizeof(t) - 1, "DBG2")), 0);
	t.port[0].device.length = 22;		/* nothing after its head: the next */
	memmove(&t.port[0].gas, &t.port[1], sizeof(t.port[1]));
	assert_int_equal(source(table(&t, sizeof(t), "DBG2")), BOOT_UART_FROM_DBG2);
	t.port[1].device.length = 21;		/* shorter than what is in it */
	t.port[1].device.address_offset = 0;
	t.port[1].device.namespace_length = 0x5000;
	assert_int_equal(source(table(&t, sizeof(t), "DBG2")), 0);
}

/* One field is changed; all else is good. */
static void test_dbg2_damaged(void **state)
{
#define FIRST(field)	offsetof(struct dbg2, port[0].device.field), 2
#define SECOND(field)	offsetof(struct dbg2, port[1].device.field)
	static const struct {
		uint32_t at, bytes, value;
	} cases[] = {
		{ offsetof(struct dbg2, head.offset), 4, ~0u },
		{ offsetof(struct dbg2, head.offset), 4, 0xffffffe0 },
		{ offsetof(struct dbg2, head.offset), 4, sizeof(struct dbg2) },
		{ offsetof(struct dbg2, head.offset), 4, sizeof(struct dbg2) - 21 },
		{ offsetof(struct dbg2, head.count), 4, 0 },
		{ offsetof(struct dbg2, head.count), 4, 1 },
		{ FIRST(length), 0 }, { FIRST(length), 21 }, { FIRST(length), 0xffff },
		{ SECOND(length), 2, 0 }, { SECOND(length), 2, 33 }, { SECOND(length), 2, 35 },
		{ SECOND(length), 2, 21 }, { SECOND(addresses), 1, 0 },
		{ SECOND(address_offset), 2, 0xffff }, { SECOND(address_offset), 2, 23 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dbg2 t = { 0 };

		dbg2_fill(&t);
		memcpy((uint8_t *)&t + cases[i].at, &cases[i].value, cases[i].bytes);
		if (source(table(&t, sizeof(t), "DBG2")))
			fail_msg("case %u", i);
	}
}

static void test_order(void **state)
{
	static const char dts[] = "/ { chosen { stdout-path = \"/u\"; }; u { compatible ="
				  "\"ns16550a\"; reg = <0 0x7000 8>; }; };";
	struct dbg2 t = { 0 };
	struct boot_uart uart;
	void *entry[4] = { 0 }, *blob = dtc(dts, &tree_size);

	(void)state;
	tree = blob;
	dbg2_fill(&t);
	entry[0] = put("APIC\0\0\0\0", 8);
	entry[1] = table(&t, sizeof(t), "DBG2");
	entry[3] = spcr(0, com1);		/* and entry 2 is empty */
	assert_true(find(rsdp(NEW, entry, 4), &uart));
	assert_int_equal(uart.source, BOOT_UART_FROM_SPCR);
	((uint8_t *)entry[3])[20]++;
	assert_true(find(rsdp(NEW, entry, 4), &uart));
	assert_int_equal(uart.source, BOOT_UART_FROM_DBG2);
	entry[3] = spcr(0, (struct acpi_gas){ 0, 8, 0, 1, ARCH_REACH });
	assert_true(find(rsdp(NEW, entry, 4), &uart) && uart.source == BOOT_UART_FROM_DBG2);
	((uint8_t *)entry[1])[20]++;
	assert_true(find(rsdp(NEW, entry, 4), &uart));
	assert_int_equal(uart.source, BOOT_UART_FROM_DTB);
	assert_int_equal(uart.base, 0x7000);
	assert_true(find(NULL, &uart));
	assert_int_equal(uart.source, BOOT_UART_FROM_DTB);
	tree = NULL;
	tree_size = 0;
	assert_false(find(rsdp(NEW, entry, 4), &uart));
	assert_false(find(NULL, &uart));
	clean();
	free(blob);
}

static void test_rsdp(void **state)
{
	void *t = spcr(0, com1);
	struct boot_uart uart;
	struct acpi_rsdp *r;

	(void)state;
	for (uint32_t i = 0; i < sizeof(*r); i++) {	/* both checksums hold all of it */
		r = rsdp(NEW, &t, 1);
		((uint8_t *)r)[i] ^= 0x10;
		if (i >= 20 && i < 24)
			continue;
		assert_false(find(r, &uart));
	}
	for (uint32_t length = 0; length < sizeof(*r); length++) {
		r = rsdp(NEW, &t, 1);
		r->length = length;
		sum(r, length, &r->checksum2);
		assert_false(find(r, &uart));
	}
	r = rsdp(NEW, &t, 1);
	r->length = ~0u;
	assert_false(find(r, &uart));
	r = rsdp(NEW, &t, 1);
	r->signature[7]++;			/* the blank at the end */
	r->oem[0]--;
	assert_false(find(r, &uart));
	r = rsdp(NEW, &t, 1);
	r->revision -= 2;			/* so there is no XSDT */
	r->oem[0] += 2;
	assert_false(find(r, &uart));
	clean();
}

static void test_root(void **state)
{
	static void *entry[1028];
	void *t = spcr(0, com1), *other = put("FACP\0\0\0\0", 8);
	struct boot_uart uart;
	struct acpi_rsdp *r;

	(void)state;
	for (uint32_t at = 1022; at < 1026; at++) {	/* of 1024 entries the last is 1023 */
		for (uint32_t i = 0; i < ARRAY_SIZE(entry); i++)
			entry[i] = i == at ? t : other;
		assert_int_equal(find(rsdp(NEW, entry, ARRAY_SIZE(entry)), &uart), at < 1024);
	}
	assert_false(find(rsdp(NEW, entry, 0), &uart));
	for (uint32_t i = 0; i < 44; i++) {		/* damage the XSDT */
		r = rsdp(NEW, &t, 1);
		if (i < 4 || i >= 8) {
			((uint8_t *)r->xsdt)[i] ^= 2;
			assert_false(find(r, &uart));
		}
	}
	for (uint32_t length = 0; length < 36; length++) {
		struct acpi_header *const h = (void *)(r = rsdp(NEW, &t, 1))->xsdt;

		h->length = length;
		sum(h, length, &h->checksum);
		assert_false(find(r, &uart));
	}
	clean();
}

/* ACPI 1.0, and 2.0 whose XSDT is missing or bad. Addresses of 32 bits. */
static void test_rsdt(void **state)
{
	struct boot_uart uart;
	static struct acpi_rsdp both;		/* lower than a stack */
	struct acpi_rsdp *r;
	void *t, *page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	(void)state;
	assert_ptr_not_equal(page, MAP_FAILED);
	low = (uint64_t)page;
	t = spcr(0, com1);
	r = rsdp(OLD, &t, 1);
	assert_true(find(r, &uart));
	assert_int_equal(uart.base, 0x3f8);
	both = (struct acpi_rsdp){ .signature = "RSD PTR ", .revision = 2, .rsdt = r->rsdt,
				   .length = sizeof(both) };
	sum(&both, 20, &both.checksum);
	sum(&both, sizeof(both), &both.checksum2);
	assert_true(find(&both, &uart));
	both.xsdt = r->rsdt;			/* not an XSDT */
	sum(&both, sizeof(both), &both.checksum2);
	assert_true(find(&both, &uart));
	both.checksum2++;			/* the old part is still good */
	assert_true(find(&both, &uart));
	both.checksum++;
	assert_false(find(&both, &uart));
	((uint8_t *)(uint64_t)r->rsdt)[37]++;
	assert_false(find(r, &uart));
	low = 0;
	munmap(page, PAGE_SIZE);
}

/* Each table in turn where nothing is mapped, and a port where there is nothing. */
static void test_unmapped(void **state)
{
	void *t = spcr(0, (struct acpi_gas){ 0, 8, 0, 1, ARCH_REACH - 1 });
	struct acpi_rsdp *r = rsdp(NEW, &t, 1);
	struct boot_uart uart;

	(void)state;
	fake_cpu.unmapped = (struct boot_range){ (uint64_t)r, 1 };
	assert_false(find(r, &uart));
	fake_cpu.unmapped.base = r->xsdt;
	assert_false(find(r, &uart));
	fake_cpu.unmapped = (struct boot_range){ 0, 0 };
	fake_cpu.top = ARCH_REACH - PAGE_SIZE;
	assert_false(find(r, &uart));
	fake_cpu.top = ARCH_REACH;
	assert_true(find(r, &uart));
	clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms), cmocka_unit_test(test_xgene),
		cmocka_unit_test(test_spcr_damaged), cmocka_unit_test(test_dbg2),
		cmocka_unit_test(test_dbg2_damaged), cmocka_unit_test(test_order),
		cmocka_unit_test(test_rsdp), cmocka_unit_test(test_root),
		cmocka_unit_test(test_rsdt), cmocka_unit_test(test_unmapped),
	};

	fake_cpu.top = ARCH_REACH;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
