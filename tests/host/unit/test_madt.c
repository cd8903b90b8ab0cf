/* SPDX-License-Identifier: MIT */
/* test_madt.c - the walk over the table of interrupt controllers, whatever its lengths say. */
#include "kernel/irq/madt.h"
#include "tests/host/unit/unit.h"

#define ENTRIES	64

static struct acpi_header *table;
static uint8_t *body;

static void table_new(uint32_t size)
{
	table = exact(size);
	memset(table, 0, size);
	table->length = size;
	body = (uint8_t *)table + sizeof(struct madt);
}

static void entry(uint8_t **at, uint8_t type, uint8_t length)
{
	(*at)[0] = type;
	(*at)[1] = length;
	*at += length;
}

static void test_walk(void **state)
{
	const struct madt_ioapic *io;
	struct madt_walk w;
	uint8_t *at;

	(void)state;
	table_new(sizeof(struct madt) + 8 + 12 + 4 + 12);
	at = body;
	entry(&at, MADT_LAPIC, 8);
	entry(&at, MADT_IOAPIC, 12);
	entry(&at, MADT_IOAPIC, 4);		/* too short for its type */
	entry(&at, MADT_IOAPIC, 12);
	madt_start(&w, table);
	io = madt_next(&w, MADT_IOAPIC, sizeof(*io));
	assert_ptr_equal(io, body + 8);
	io = madt_next(&w, MADT_IOAPIC, sizeof(*io));
	assert_ptr_equal(io, body + 24);
	assert_null(madt_next(&w, MADT_IOAPIC, sizeof(*io)));
	assert_null(madt_next(&w, MADT_IOAPIC, 0));
	assert_true(madt_whole(table));
	table->length--;
	assert_false(madt_whole(table));
	free(table);
}

static void test_none(void **state)
{
	struct madt_walk w;

	(void)state;
	madt_start(&w, NULL);
	assert_null(madt_next(&w, MADT_LAPIC, 0));
	for (uint32_t size = sizeof(struct acpi_header); size <= sizeof(struct madt) + 1; size++) {
		table_new(size);
		madt_start(&w, table);
		assert_null(madt_next(&w, MADT_LAPIC, 0));
		assert_int_equal(madt_whole(table), size == sizeof(struct madt));
		free(table);
	}
}

/* Each length a byte can have, in the first entry and in the last: the sanitizer looks. */
static void test_lengths(void **state)
{
	(void)state;
	for (uint32_t length = 0; length < 256; length++)
		for (uint32_t size = 2; size < 40; size++) {
			const struct madt_gicc *c;
			struct madt_walk w;
			uint32_t n = 0;

			table_new(sizeof(struct madt) + size);
			body[0] = MADT_GICC;
			body[1] = (uint8_t)length;
			madt_start(&w, table);
			while ((c = madt_next(&w, MADT_GICC, 2)))
				assert_true(++n <= ENTRIES && c->entry.length == length);
			assert_int_equal(n, length >= 2 && length <= size);
			if (length >= size)
				assert_int_equal(madt_whole(table), length == size);
			free(table);
		}
}

static void test_noise(void **state)
{
	uint64_t s = 7;

	(void)state;
	for (uint32_t turn = 0; turn < 20000; turn++) {
		const uint32_t size = rnd_below(&s, 200);
		const struct madt_override *o;
		struct madt_walk w;
		uint32_t n = 0;

		table_new(sizeof(struct madt) + size);
		for (uint32_t i = 0; i < size; i++)
			body[i] = (uint8_t)rnd_below(&s, 16);
		madt_start(&w, table);
		while ((o = madt_next(&w, MADT_OVERRIDE, sizeof(*o))))
			n += o->flags != 0;
		assert_true(n <= size / 10);
		free(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
