/* SPDX-License-Identifier: MIT */
/* test_newc.c - cpio's archives, concatenated archives, and damaged ones. */
#include "tests/host/unit/unit.h"
#include "kernel/newc.h"

static uint8_t archive[8192];
static size_t size;

/* An archive of some files, made by cpio(1). */
static void real(void)
{
	FILE *f = popen("d=$(mktemp -d) && cd $d && mkdir sub && printf hello > a && "
			"printf '' > empty && printf 12345678 > sub/b && "
			"printf 'a\\nempty\\nsub\\nsub/b\\n' | cpio -o -H newc --quiet && "
			"rm -r $d", "r");

	assert_non_null(f);
	size = fread(archive, 1, sizeof(archive), f);
	assert_int_equal(pclose(f), 0);
	assert_true(size > 400 && size < sizeof(archive) / 2);
}

static void expect_file(uint64_t *at, const char *name, const char *data, uint32_t type)
{
	struct newc_file file;

	assert_int_equal(newc_next(archive, size, at, &file), NEWC_FILE);
	assert_string_equal(file.name, name);
	assert_int_equal(file.size, strlen(data));
	assert_memory_equal(file.data, data, file.size);
	assert_int_equal(file.mode & 0170000, type);
}

static void test_real(void **state)
{
	struct newc_file file;
	uint64_t at = 0;

	(void)state;
	real();
	memcpy(archive + size, archive, size);		/* followed by another one */
	size *= 2;
	for (int i = 0; i < 2; i++) {
		expect_file(&at, "a", "hello", 0100000);
		expect_file(&at, "empty", "", 0100000);
		expect_file(&at, "sub", "", 0040000);
		expect_file(&at, "sub/b", "12345678", 0100000);
	}
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_END);
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_END);
}

/* Cut anywhere, or with a byte changed: the walk ends, and reads nothing outside (ASan). */
static void test_damaged(void **state)
{
	static const uint8_t values[] = { 0, '0', 'F', 0xff };
	uint64_t seed = 1;

	(void)state;
	real();
	for (size_t cut = 0; cut <= size; cut++)
		for (size_t v = 0; v <= ARRAY_SIZE(values); v++) {
			uint8_t *copy = malloc(cut ? cut : 1);
			struct newc_file file;
			uint64_t at = 0;
			unsigned files = 0;
			size_t sum = 0;

			memcpy(copy, archive, cut);
			if (v && cut)			/* else only cut */
				copy[rnd_below(&seed, (uint32_t)cut)] = values[v - 1];
			while (newc_next(copy, cut, &at, &file) == NEWC_FILE) {
				files++;
				sum += strlen(file.name);
				for (uint64_t i = 0; i < file.size; i++)
					sum += file.data[i];
			}
			assert_true(files <= 5 && sum < 100000);
			free(copy);
		}
}

/* A file may end with the archive's last byte, but not after it. */
static void test_last_byte(void **state)
{
	char text[] = "070701" "00000000" "000081a4" "00000000" "00000000" "00000000" "00000000"
		      "00000003" "00000000" "00000000" "00000000" "00000000" "00000002" "00000000"
		      "a\0abc";
	struct newc_file file;
	uint64_t at = 0;

	(void)state;
	assert_int_equal(newc_next((uint8_t *)text, 115, &at, &file), NEWC_FILE);
	assert_true(file.size == 3 && !memcmp(file.data, "abc", 3) && at == 116);
	assert_int_equal(newc_next((uint8_t *)text, 115, &at, &file), NEWC_END);
	for (char magic = '0'; magic <= '9'; magic++) {	/* 2: with check sums */
		at = 0;
		text[5] = magic;
		assert_int_equal(newc_next((uint8_t *)text, 115, &at, &file),
				 magic == '1' || magic == '2' ? NEWC_FILE : NEWC_BAD);
	}
	text[5] = '1';
	at = 0;
	assert_int_equal(newc_next((uint8_t *)text, 114, &at, &file), NEWC_BAD);
	memset(text + 6 + 6 * 8, '0', 8);		/* no data: it may end with the name */
	for (uint64_t size = 111; size <= 112; size++) {
		at = 0;
		assert_int_equal(newc_next((uint8_t *)text, size, &at, &file),
				 size == 112 ? NEWC_FILE : NEWC_BAD);
	}
	text[109] = 0;					/* c_check, which is not read */
	memset(text + 6 + 11 * 8, '0', 8);
	at = 0;
	assert_int_equal(newc_next((uint8_t *)text, 115, &at, &file), NEWC_BAD);
}

static void test_bad(void **state)
{
	struct newc_file file;
	uint64_t at = 0;

	(void)state;
	real();
	archive[5] = '9';
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
	assert_int_equal(at, 0);
	archive[5] = '1';
	memcpy(archive + 6 + 6 * 8, "ffffffff", 8);	/* c_filesize */
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
	memcpy(archive + 6 + 6 * 8, "00000005", 8);
	memcpy(archive + 6 + 11 * 8, "00000000", 8);	/* c_namesize */
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
	memcpy(archive + 6 + 11 * 8, "0000000g", 8);
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
	memcpy(archive + 6 + 11 * 8, "00000001", 8);	/* no NUL there */
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
	memcpy(archive + 6 + 11 * 8, "00000002", 8);
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_FILE);
	at++;						/* headers are aligned */
	archive[at] = '0';
	assert_int_equal(newc_next(archive, size, &at, &file), NEWC_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bad), cmocka_unit_test(test_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
