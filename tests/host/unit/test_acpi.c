/* SPDX-License-Identifier: MIT */
/* test_acpi.c - how callers find ACPI's tables: which of them, how many, in which order. */
#include "tests/host/unit/acpi_make.h"
#include <sys/mman.h>

#define MADT	ACPI_SIGNATURE('A', 'P', 'I', 'C')
#define SRAT	ACPI_SIGNATURE('S', 'R', 'A', 'T')
#define MCFG	ACPI_SIGNATURE('M', 'C', 'F', 'G')
#define LIMIT	1024			/* entries that are looked at */
#define LONGEST	(8 * MIB)

static uint64_t hole;		/* cannot be read */
static uint64_t asked;		/* bytes at most, of one table */

static const void *reach(void *cookie, uint64_t at, uint64_t size)
{
	assert_ptr_equal(cookie, &hole);
	asked = MAX(asked, size);
	return at && at != hole ? (const void *)at : NULL;
}

static bool begin(struct acpi *a, const struct acpi_rsdp *r)
{
	*a = (struct acpi){ .reach = reach, .cookie = &hole };
	return acpi_open(a, (uint64_t)r);
}

static void *plain(const char *signature, uint32_t size)
{
	uint8_t data[200] = { 0 };

	return table(data, size, signature);
}

static void test_walk(void **state)
{
	void *t[] = { plain("APIC", 60), NULL, plain("SRAT", 48), plain("APIC", 44) };
	uint32_t signature;
	struct acpi a;
	uint64_t at;

	(void)state;
	hole = 0;
	assert_true(begin(&a, rsdp(NEW, t, ARRAY_SIZE(t))));
	assert_true(acpi_next(&a, &at, &signature) && at == (uint64_t)t[0] && signature == MADT);
	assert_true(acpi_next(&a, &at, &signature) && at == (uint64_t)t[2] && signature == SRAT);
	assert_ptr_equal(acpi_table(&a, at, SRAT, 48), t[2]);
	assert_null(acpi_table(&a, at, SRAT, 49));
	assert_null(acpi_table(&a, at, MADT, 0));
	assert_true(acpi_next(&a, &at, &signature) && at == (uint64_t)t[3] && signature == MADT);
	assert_false(acpi_next(&a, &at, &signature));
	clean();
}

static void test_find(void **state)
{
	void *t[] = { plain("APIC", 60), plain("SRAT", 48), plain("APIC", 44), plain("APIC", 70) };
	struct acpi_rsdp *r = rsdp(NEW, t, ARRAY_SIZE(t));
	struct acpi a;

	(void)state;
	hole = 0;
	assert_true(begin(&a, r));
	assert_ptr_equal(acpi_find(&a, MADT, 0), t[0]);
	assert_ptr_equal(acpi_find(&a, MADT, 0), t[2]);
	assert_ptr_equal(acpi_find(&a, MADT, 0), t[3]);
	assert_null(acpi_find(&a, MADT, 0));
	assert_true(begin(&a, r));
	assert_ptr_equal(acpi_find(&a, MADT, 61), t[3]);
	assert_true(begin(&a, r));
	assert_null(acpi_find(&a, MCFG, 0));
	hole = (uint64_t)t[0];			/* one that cannot be read, one that is damaged */
	((uint8_t *)t[2])[40] ^= 1;
	assert_true(begin(&a, r));
	assert_ptr_equal(acpi_find(&a, MADT, 0), t[3]);
	clean();
}

/* The RSDT is searched after the XSDT, and alone if the XSDT is not one. */
static void test_roots(void **state)
{
	void *new, *old;
	struct acpi_rsdp *r, *o;
	struct acpi a;

	(void)state;
	hole = 0;
	low = (uint64_t)mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_true(low < 4 * GIB);
	new = plain("SRAT", 48);
	old = plain("APIC", 60);
	r = rsdp(NEW, &new, 1);
	o = rsdp(OLD, &old, 1);
	r->rsdt = o->rsdt;
	sum(r, 20, &r->checksum);
	sum(r, sizeof(*r), &r->checksum2);
	assert_true(begin(&a, r));
	assert_ptr_equal(acpi_find(&a, SRAT, 0), new);
	assert_ptr_equal(acpi_find(&a, MADT, 0), old);
	assert_true(begin(&a, r));
	assert_ptr_equal(acpi_find(&a, MADT, 0), old);
	assert_null(acpi_find(&a, SRAT, 0));	/* the search is past it */
	hole = r->xsdt;
	assert_true(begin(&a, r));
	assert_null(acpi_find(&a, SRAT, 0));
	hole = 0;
	r->checksum2++;
	assert_true(begin(&a, r));
	assert_null(acpi_find(&a, SRAT, 0));
	assert_true(begin(&a, o));
	assert_ptr_equal(acpi_find(&a, MADT, 0), old);
	o->checksum++;
	assert_false(begin(&a, o));
	assert_false(begin(&a, NULL));
	o->checksum--;
	a = (struct acpi){ .reach = reach, .cookie = &hole, .entry = (uint64_t)&new,
			   .end = (uint64_t)(&new + 1), .wide = true };	/* from before */
	hole = o->rsdt;
	assert_false(acpi_open(&a, (uint64_t)o));
	assert_true(a.entry == 0 && a.end == 0);
	low = 0;
}

/* A table's length is believed up to a bound, and so is the number of the root's entries. */
static void test_bounds(void **state)
{
	void *t[LIMIT + 1] = { 0 }, *good = plain("APIC", 60);
	struct acpi_header *h;
	struct acpi a;

	(void)state;
	hole = 0;
	for (uint32_t at = LIMIT - 1; at <= LIMIT; at++) {
		t[at] = good;
		assert_true(begin(&a, rsdp(NEW, t, ARRAY_SIZE(t))));
		assert_int_equal(acpi_find(&a, MADT, 0) != NULL, at < LIMIT);
		t[at] = NULL;
	}
	h = plain("APIC", 60);
	for (uint32_t length = 0; length < sizeof(*h); length++) {
		h->length = length;
		sum(h, sizeof(*h), &h->checksum);
		assert_null(acpi_table(&a, (uint64_t)h, MADT, 0));
	}
	asked = 0;
	h->length = LONGEST + 1;
	assert_null(acpi_table(&a, (uint64_t)h, MADT, 0));
	assert_int_equal(asked, sizeof(*h));
	clean();
	h = calloc(1, LONGEST);
	memcpy(h->signature, "APIC", 4);
	h->length = LONGEST;
	sum(h, LONGEST, &h->checksum);
	assert_ptr_equal(acpi_table(&a, (uint64_t)h, MADT, 0), h);
	free(h);
}

/* Each byte counts, wherever the table begins and ends. */
static void test_sums(void **state)
{
	struct acpi a = { .reach = reach, .cookie = &hole };
	static uint8_t room[120];

	(void)state;
	hole = 0;
	for (uint32_t skew = 0; skew < 8; skew++)
		for (uint32_t size = sizeof(struct acpi_header); size < 64; size++) {
			struct acpi_header *h = (void *)(room + skew);
			const uint64_t at = (uint64_t)h;

			memset(room, 0xff, sizeof(room));
			memcpy(h->signature, "APIC", 4);
			h->length = size;
			sum(h, size, &h->checksum);
			assert_ptr_equal(acpi_table(&a, at, MADT, 0), h);
			for (uint32_t i = 8; i < size; i++) {
				room[skew + i] ^= 0x80;
				assert_null(acpi_table(&a, at, MADT, 0));
				room[skew + i] ^= 0x80;
			}
			room[skew + size] ^= 1;		/* no part of it */
			assert_ptr_equal(acpi_table(&a, at, MADT, 0), h);
		}
}

/* Bytes of ones, as many as there may be: no carry gets lost or counts. */
static void test_ones(void **state)
{
	struct acpi a = { .reach = reach, .cookie = &hole };
	struct acpi_header *h = exact(LONGEST);

	(void)state;
	hole = 0;
	for (uint32_t size = 1024; size <= LONGEST; size *= 2) {
		memset(h, 0xff, size);
		memcpy(h->signature, "APIC", 4);
		h->length = size;
		sum(h, size, &h->checksum);
		assert_ptr_equal(acpi_table(&a, (uint64_t)h, MADT, 0), h);
		h->checksum++;
		assert_null(acpi_table(&a, (uint64_t)h, MADT, 0));
	}
	free(h);
}

/* An RSDP that is shorter than its revision, or longer than a page, names no XSDT. */
static void test_rsdp_length(void **state)
{
	static const uint32_t length[] = { 0, 20, 35, 36, 37, PAGE_SIZE, PAGE_SIZE + 1 };
	void *t[] = { plain("APIC", 60) };
	const struct acpi_rsdp *good = rsdp(NEW, t, 1);
	struct acpi_rsdp *r = calloc(1, PAGE_SIZE + 1);
	struct acpi a;

	(void)state;
	hole = 0;
	for (uint32_t i = 0; i < ARRAY_SIZE(length); i++) {
		*r = *good;
		r->length = length[i];
		sum(r, 20, &r->checksum);
		sum(r, length[i] < sizeof(*r) ? sizeof(*r) : length[i], &r->checksum2);
		assert_int_equal(begin(&a, r), length[i] >= 36 && length[i] <= PAGE_SIZE);
	}
	free(r);
	clean();
}

/* Bytes of each structure, as the specifications say. */
static void test_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct acpi_rsdp), 36);
	assert_int_equal(sizeof(struct acpi_header), 36);
	assert_int_equal(sizeof(struct acpi_gas), 12);
	assert_int_equal(sizeof(struct acpi_spcr), 52);
	assert_int_equal(sizeof(struct acpi_dbg2), 44);
	assert_int_equal(sizeof(struct acpi_dbg2_device), 22);
	assert_int_equal(sizeof(struct acpi_fadt), 268);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk), cmocka_unit_test(test_find),
		cmocka_unit_test(test_roots), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_sums), cmocka_unit_test(test_ones),
		cmocka_unit_test(test_rsdp_length), cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
