/* SPDX-License-Identifier: MIT */
/* test_tpm_log.c - hand-made event logs of both formats. They begin at odd addresses. */
#include "tests/host/unit/unit.h"
#include "lib/base.h"
#include "stub/efi/tpm_log.h"

#define LOG_MAX		(16 * MIB)
#define SPEC_SIZE	(32 + 28)	/* the first entry without its algorithms */

enum { SHA1 = 0x4, SHA256 = 0xb, SHA384 = 0xc };

struct log {
	uint8_t bytes[4096];
	uint32_t size;		/* what was appended */
	uint32_t last;		/* where its last entry begins */
};

static void put(struct log *l, uint64_t value, uint32_t bytes)
{
	for (; bytes; bytes--, value >>= 8)
		l->bytes[l->size++] = (uint8_t)value;
}

static void put_zero(struct log *l, uint32_t bytes)
{
	memset(l->bytes + l->size, 0, bytes);
	l->size += bytes;
}

/* TCG_PCR_EVENT */
static void put_event(struct log *l, uint32_t type, uint32_t event_size)
{
	l->last = l->size;
	put(l, 0, 4);
	put(l, type, 4);
	put_zero(l, 20);
	put(l, event_size, 4);
}

static void put_sha1(struct log *l, uint32_t event_size)
{
	put_event(l, 5, event_size);
	put_zero(l, event_size);
}

/* The first entry of a crypto agile log: that many banks, in the order SHA-1, 256, 384. */
static void put_spec(struct log *l, uint32_t banks)
{
	static const uint16_t bank[][2] = { { SHA1, 20 }, { SHA256, 32 }, { SHA384, 48 } };

	put_event(l, 3, 28 + banks * 4 + 1);
	memcpy(l->bytes + l->size, "Spec ID Event03", 16);
	l->size += 16;
	put(l, 0, 4);			/* platform class */
	put(l, 0x02000200, 4);		/* version 2.00, errata 0, UINTN of 2 words */
	put(l, banks, 4);
	for (uint32_t i = 0; i < banks; i++) {
		put(l, bank[i][0], 2);
		put(l, bank[i][1], 2);
	}
	put(l, 0, 1);			/* no vendor info */
}

static void put_agile(struct log *l, uint32_t banks, uint32_t event_size)
{
	l->last = l->size;
	put(l, 7, 4);
	put(l, 8, 4);
	put(l, banks, 4);
	if (banks == 2) {		/* in another order than announced */
		put(l, SHA256, 2);
		put_zero(l, 32);
	}
	put(l, SHA1, 2);
	put_zero(l, 20);
	put(l, event_size, 4);
	put_zero(l, event_size);
}

/* The size found in a copy at an odd address, which has exactly the log's bytes. */
static uint64_t size_at(const struct log *l, uint32_t last, uint32_t format)
{
	uint8_t *p = exact(l->size + 1);
	uint64_t at = (uint64_t)(p + 1), size;

	memcpy(p + 1, l->bytes, l->size);
	size = tpm_log_size(at, at + last, format);
	free(p);
	return size;
}

static uint64_t size_of(const struct log *l, uint32_t format)
{
	return size_at(l, l->last, format);
}

static void test_sha1(void **state)
{
	struct log l = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		put_sha1(&l, i * 7);
		assert_int_equal(size_of(&l, 1), l.size);
	}
}

static void test_agile(void **state)
{
	(void)state;
	for (uint32_t banks = 1; banks <= 3; banks++) {
		struct log l = { 0 };

		put_spec(&l, banks);
		assert_int_equal(l.size, SPEC_SIZE + banks * 4 + 1);
		assert_int_equal(size_of(&l, 2), l.size);
		for (uint32_t i = 0; i < 12; i++) {
			put_agile(&l, MIN(banks, 2), i * 5);
			assert_int_equal(size_of(&l, 2), l.size);
		}
	}
}

static void test_nothing(void **state)
{
	struct log l = { 0 }, none = { 0 };
	uint64_t at = (uint64_t)l.bytes;

	(void)state;
	put_spec(&l, 2);
	put_agile(&l, 2, 9);
	for (uint32_t format = 1; format <= 2; format++) {
		assert_int_equal(tpm_log_size(0, 0, format), 0);
		assert_int_equal(tpm_log_size(0, at, format), 0);
		assert_int_equal(tpm_log_size(at, 0, format), 0);
		assert_int_equal(tpm_log_size(at, at - 1, format), 0);
		assert_int_equal(tpm_log_size(at, at + LOG_MAX + 1, format), 0);
		assert_int_equal(tpm_log_size(at, ~0ull, format), 0);
	}
	assert_int_equal(size_of(&l, 0), 0);
	put_spec(&none, 0);
	assert_int_equal(size_of(&none, 2), 0);
	assert_int_equal(size_of(&l, 3), 0);
	assert_int_equal(size_of(&l, 2), l.size);
}

/* Sizes up to 16 MiB are believed, whole log. */
static void test_limit(void **state)
{
	(void)state;
	for (int agile = 0; agile < 2; agile++) {
		struct log l = { 0 };
		uint32_t before, head = agile ? 12 + 2 + 20 + 4 : 32;

		if (agile)
			put_spec(&l, 1);
		else
			put_sha1(&l, 50);
		before = l.size;
		for (int over = 0; over < 2; over++) {
			l.size = before;
			if (agile)
				put_agile(&l, 1, 0);
			else
				put_sha1(&l, 0);
			l.size -= 4;
			put(&l, LOG_MAX - before - head + (uint32_t)over, 4);
			assert_int_equal(size_of(&l, 1 + (uint32_t)agile), over ? 0 : LOG_MAX);
		}
		l.size -= 4;
		put(&l, ~0u, 4);
		assert_int_equal(size_of(&l, 1 + (uint32_t)agile), 0);
	}
}

/* An entry whose head begins below 16 MiB and ends above. */
static void test_head_at_limit(void **state)
{
	uint8_t *log = calloc(1, LOG_MAX + 32);

	(void)state;
	assert_non_null(log);
	for (uint32_t back = 0; back <= 33; back++) {
		uint64_t last = (uint64_t)log + LOG_MAX - back;

		assert_int_equal(tpm_log_size((uint64_t)log, last, 1), back < 32 ? 0 :
				 LOG_MAX - back + 32);
	}
	free(log);
}

/* Sixteen algorithms and as many digests are taken, not one more. */
static void test_many(void **state)
{
	(void)state;
	for (uint32_t banks = 16; banks <= 17; banks++) {
		for (uint32_t digests = 16; digests <= 17; digests++) {
			struct log l = { 0 };

			put_event(&l, 3, 28 + banks * 4);
			memcpy(l.bytes + l.size, "Spec ID Event03", 16);
			l.size += 24;
			put(&l, banks, 4);
			for (uint32_t i = 0; i < banks; i++) {
				put(&l, 0x100 + i, 2);
				put(&l, 64, 2);
			}
			l.last = l.size;
			put_zero(&l, 8);
			put(&l, digests, 4);
			for (uint32_t i = 0; i < digests; i++) {
				put(&l, 0x100 + i % 16, 2);
				put_zero(&l, 64);
			}
			put(&l, 0, 4);
			assert_int_equal(size_of(&l, 2),
					 banks + digests == 32 ? l.size : 0);
		}
	}
}

/* What follows the algorithms that are announced is none. */
static void test_announced(void **state)
{
	(void)state;
	for (uint32_t banks = 1; banks <= 2; banks++) {
		struct log l = { 0 };

		put_event(&l, 3, 28 + 2 * 4);
		memcpy(l.bytes + l.size, "Spec ID Event03", 16);
		l.size += 24;
		put(&l, banks, 4);
		for (uint32_t i = 0; i < 2; i++) {
			put(&l, 0x100 + i, 2);
			put(&l, 20, 2);
		}
		l.last = l.size;
		put_zero(&l, 8);
		put(&l, 1, 4);
		put(&l, 0x101, 2);
		put_zero(&l, 20);
		put(&l, 0, 4);
		assert_int_equal(size_of(&l, 2), banks == 2 ? l.size : 0);
	}
}

/* One field of a good log is changed; `good` cases show that others do not matter. */
static void test_malformed(void **state)
{
	static const struct {
		const char *what;
		uint32_t at, bytes, value;
		bool good;
	} cases[] = {
		{ "first is no EV_NO_ACTION", 4, 4, 8, false },
		{ "event too short for the algorithms", 28, 4, 28 + 2 * 4 - 1, false },
		{ "event too short for the structure", 28, 4, 27, false },
		{ "event empty", 28, 4, 0, false },
		{ "signature", 32 + 14, 1, '2', false },
		{ "signature without end", 32 + 15, 1, '!', false },
		{ "platform class", 32 + 16, 4, 1, true },
		{ "version", 32 + 20, 4, 0x02690200, true },
		{ "no algorithms", 32 + 24, 4, 0, false },
		{ "too many algorithms", 32 + 24, 4, 17, false },
		{ "far too many algorithms", 32 + 24, 4, ~0u, false },
		{ "SHA-256 was not announced", 32 + 28 + 4, 2, SHA384, false },
		{ "digests of no bytes", 32 + 28 + 6, 2, 0, false },
		{ "digests too large", 32 + 28 + 6, 2, 65, false },
		{ "no digests", 69 + 8, 4, 0, false },
		{ "too many digests", 69 + 8, 4, 17, false },
		{ "far too many digests", 69 + 8, 4, ~0u, false },
		{ "unknown digest", 69 + 12 + 34, 2, 0x99, false },
		{ "PCR", 69, 4, 23, true },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct log l = { 0 };
		uint32_t size;

		put_spec(&l, 2);
		assert_int_equal(l.size, 69);
		put_agile(&l, 2, 9);
		size = l.size;
		l.size = cases[i].at;
		put(&l, cases[i].value, cases[i].bytes);
		l.size = sizeof(l.bytes);
		if (size_at(&l, 69, 2) != (cases[i].good ? size : 0))
			fail_msg("%s: %llu", cases[i].what,
				 (unsigned long long)size_at(&l, 69, 2));
	}
}

/* Any byte changed to anything: still 0, or a size that makes sense. */
static void test_corrupted(void **state)
{
	struct log l = { 0 };
	uint32_t end;

	(void)state;
	put_spec(&l, 3);
	put_agile(&l, 2, 33);
	end = l.size;
	l.size = sizeof(l.bytes);
	for (uint32_t i = 0; i < end; i++) {
		uint8_t was = l.bytes[i];

		for (uint32_t value = 0; value < 256; value++) {
			uint64_t size;

			l.bytes[i] = (uint8_t)value;
			size = size_of(&l, 2);
			assert_true(!size || (size > l.last && size <= LOG_MAX));
		}
		l.bytes[i] = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha1), cmocka_unit_test(test_agile),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_many), cmocka_unit_test(test_head_at_limit),
		cmocka_unit_test(test_announced),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_corrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
