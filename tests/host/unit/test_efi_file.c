/* SPDX-License-Identifier: MIT */
/*
 * test_efi_file.c - the names that files are opened by, to the last unit; reads in parts, and what
 * firmware may answer; which text file belongs to an image.
 */
#include "tests/host/unit/unit.h"
#include "tests/host/unit/efi_said.h"
#include "tests/host/unit/no_console.h"
#include "lib/efi_protocols.h"
#include "stub/efi/efi.h"

#define PART	MIB		/* the largest read */

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

static struct {
	uint16_t name[DRAFT_PATH_MAX + 8];	/* of the last open */
	uint32_t opened, closed, root_closed, reads;
	efi_status_t volume, open, read, position;	/* what these return */
	bool no_root;
	uint64_t size, at;			/* of the file */
	uint64_t step;				/* most bytes of a read; 0: all */
	uint64_t more;				/* bytes that a read claims and has not read */
	uint32_t fails_at;			/* number of the read that fails */
} world;

static efi_status_t file_close(struct efi_file *self);
static efi_status_t file_read(struct efi_file *self, uint64_t *size, void *data);
static efi_status_t get_position(struct efi_file *self, uint64_t *position);
static efi_status_t file_open(struct efi_file *self, struct efi_file **out, const uint16_t *name,
			      uint64_t mode, uint64_t attributes);

static struct efi_file root = { .open = file_open, .close = file_close };
static struct efi_file file = {
	.close = file_close, .read = file_read, .get_position = get_position,
};

static efi_status_t file_open(struct efi_file *self, struct efi_file **out, const uint16_t *name,
			      uint64_t mode, uint64_t attributes)
{
	uint32_t n = 0;

	assert_true(self == &root && mode == EFI_FILE_READ_ONLY && !attributes);
	do
		world.name[n] = name[n];
	while (name[n++]);
	world.opened++;
	*out = &file;			/* also if it fails */
	return world.open;
}

static efi_status_t file_close(struct efi_file *self)
{
	world.closed += self == &file;
	world.root_closed += self == &root;
	return EFI_SUCCESS;
}

static efi_status_t file_read(struct efi_file *self, uint64_t *size, void *data)
{
	uint64_t n = MIN(*size, world.size - world.at);

	assert_true(self == &file && *size <= PART);
	if (++world.reads == world.fails_at)
		return EFI_DEVICE_ERROR;
	if (world.step)
		n = MIN(n, world.step);
	for (uint64_t i = 0; i < n; i++)
		((uint8_t *)data)[i] = (uint8_t)('a' + (world.at + i) % 26);
	world.at += n;
	*size = n + world.more;
	return EFI_SUCCESS;
}

static efi_status_t get_position(struct efi_file *self, uint64_t *position)
{
	assert_ptr_equal(self, &file);
	*position = world.at;
	return world.position;
}

static efi_status_t open_volume(struct efi_file_system *self, struct efi_file **out)
{
	(void)self;
	*out = world.no_root ? NULL : &root;
	return world.volume;
}

static struct efi_file_system fs = { .open_volume = open_volume };

static struct efi_system_table systab = { .con_out = &efi_said_con_out };
static struct efi e = { .systab = &systab };

static void start(void)
{
	memset(&world, 0, sizeof(world));
	efi_said[0] = 0;
	e.volume = &fs;
}

static void test_names(void **state)
{
	static const struct {
		const char *path;
		uint32_t len;
		const uint16_t want[12];
	} t[] = {
		{ "", 0, u"" }, { "abc", 2, u"ab" }, { "/a/b\\c", 6, u"\\a\\b\\c" },
		{ "\x7f", 1, u"\x7f" }, { "\xc2\x80", 2, u"\x80" }, { "\xc3\xa9/", 3, u"é\\" },
		{ "\xe2\x82\xac", 3, u"€" }, { "\xef\xbf\xbf", 3, { 0xffff } },
		{ "\xf0\x90\x80\x80", 4, { 0xd800, 0xdc00 } },
		{ "\xf0\x9f\x98\x80z", 5, { 0xd83d, 0xde00, 'z' } },
		{ "\xf4\x8f\xbf\xbf", 4, { 0xdbff, 0xdfff } },
		{ "a\xff""b", 3, { 'a', 0xfffd, 'b' } }, { "\xf4\x90\x80\x80", 1, { 0xfffd } },
		{ "\x80", 1, { 0xfffd } },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *path = exact(t[i].len);
		uint32_t n = 0;

		memcpy(path, t[i].path, t[i].len);
		start();
		assert_ptr_equal(efi_open(&e, path, t[i].len), &file);
		while (t[i].want[n])
			n++;
		if (memcmp(world.name, t[i].want, (n + 1) * sizeof(*world.name)))
			fail_msg("name %u", i);
		assert_true(world.opened == 1 && world.root_closed == 1 && !world.closed);
		free(path);
	}
}

/* A name always leaves room for one letter of two units and the NUL. */
static void test_long_names(void **state)
{
	char path[DRAFT_PATH_MAX + 8];

	(void)state;
	memset(path, 'x', sizeof(path));
	for (uint32_t len = DRAFT_PATH_MAX - 6; len < DRAFT_PATH_MAX + 8; len++) {
		const bool fits = len <= DRAFT_PATH_MAX - 3;

		start();
		assert_ptr_equal(efi_open(&e, path, len), fits ? &file : NULL);
		assert_int_equal(world.opened, fits);
		assert_true(!fits || (world.name[len - 1] == 'x' && !world.name[len]));
	}
}

static void test_no_file(void **state)
{
	(void)state;
	start();
	world.open = EFI_NOT_FOUND;		/* it answers with a file all the same */
	assert_null(efi_open(&e, "a", 1));
	assert_int_equal(world.root_closed, 1);
	start();
	world.no_root = true;
	assert_null(efi_open(&e, "a", 1));
	start();
	world.volume = EFI_DEVICE_ERROR;
	assert_null(efi_open(&e, "a", 1));
	assert_int_equal(world.opened, 0);
	e.volume = NULL;
	assert_null(efi_open(&e, "a", 1));
}

static void test_read(void **state)
{
	static const struct {
		uint64_t size, asked, step, more, fails_at, got, reads;
	} t[] = {
		{ 5, 5, 0, 0, 0, 5, 1 }, { 5, 4, 0, 0, 0, 4, 1 }, { 5, 6, 0, 0, 0, 5, 2 },
		{ 0, 3, 0, 0, 0, 0, 1 }, { 5, 0, 0, 0, 0, 0, 0 }, { 9, 9, 2, 0, 0, 9, 5 },
		{ PART, PART, 0, 0, 0, PART, 1 }, { PART + 1, PART + 1, 0, 0, 0, PART + 1, 2 },
		{ 5, 5, 0, 1, 0, UINT64_MAX, 1 }, { 9, 9, 2, 0, 3, UINT64_MAX, 3 },
		{ 5, 5, 0, 0, 1, UINT64_MAX, 1 }, { 2 * PART, 2 * PART, 0, 1, 0, UINT64_MAX, 2 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint8_t *buf = exact(t[i].asked);

		start();
		world.size = t[i].size;
		world.step = t[i].step;
		world.more = t[i].more;
		world.fails_at = (uint32_t)t[i].fails_at;
		if (efi_read(&file, buf, t[i].asked) != t[i].got || world.reads != t[i].reads)
			fail_msg("case %u: %u reads", i, world.reads);
		for (uint64_t k = 0; t[i].got != UINT64_MAX && k < t[i].got; k++)
			assert_int_equal(buf[k], 'a' + k % 26);
		free(buf);
	}
}

static void test_cmdline_name(void **state)
{
	static const struct {
		const char *image;
		const uint16_t want[24];
	} t[] = {
		{ "\\EFI\\X.EFI", u"\\EFI\\X.TXT" }, { "\\a.b\\X", u"\\a.b\\X.TXT" },
		{ "X.efi.old", u"X.efi.TXT" }, { ".EFI", u".TXT" }, { "X", u"X.TXT" },
		{ "\\a\\.", u"\\a\\.TXT" }, { "", u"\\EFI\\BOOT\\BOOTX64.TXT" },
		{ "a/b.c", u"a\\b.TXT" },
	};
	char buf[8];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint32_t n = 0;

		start();
		world.size = 5;
		assert_int_equal(efi_read_cmdline(&e, t[i].image, buf, sizeof(buf)), 5);
		assert_memory_equal(buf, "abcde", 5);
		while (t[i].want[n])
			n++;
		if (memcmp(world.name, t[i].want, (n + 1) * sizeof(*world.name)))
			fail_msg("%s", t[i].image);
		assert_true(world.closed == 1 && !efi_said[0]);
	}
}

/* All of it, what fits, or nothing and a warning. */
static void test_cmdline(void **state)
{
	char path[DRAFT_PATH_MAX], buf[8];

	(void)state;
	for (world.size = 0; world.size < 12; ) {
		const uint64_t size = world.size;

		start();
		world.size = size;
		assert_int_equal(efi_read_cmdline(&e, "a", buf, sizeof(buf)), MIN(size, 8));
		assert_string_equal(efi_said, "");
		world.size = size + 1;
	}
	start();
	world.size = 5;
	world.position = EFI_UNSUPPORTED;
	assert_int_equal(efi_read_cmdline(&e, "a", buf, sizeof(buf)), 0);
	assert_non_null(strstr(efi_said, "warning: a.TXT cannot be read"));
	assert_int_equal(world.closed, 1);
	start();
	world.size = 5;
	world.fails_at = 1;
	assert_int_equal(efi_read_cmdline(&e, "a", buf, sizeof(buf)), 0);
	assert_non_null(strstr(efi_said, "a.TXT cannot be read"));
	start();
	world.open = EFI_NOT_FOUND;
	assert_int_equal(efi_read_cmdline(&e, "a", buf, sizeof(buf)), 0);
	assert_true(!world.closed && !efi_said[0]);
	memset(path, 'p', sizeof(path));	/* the longest */
	path[sizeof(path) - 1] = 0;
	start();
	assert_int_equal(efi_read_cmdline(&e, path, buf, sizeof(buf)), 0);
	assert_int_equal(world.opened, 0);
	path[DRAFT_PATH_MAX - 3 - 4] = 0;	/* with .TXT the longest that can be opened */
	assert_int_equal(efi_read_cmdline(&e, path, buf, sizeof(buf)), 0);
	assert_int_equal(world.opened, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_no_file), cmocka_unit_test(test_read),
		cmocka_unit_test(test_cmdline_name), cmocka_unit_test(test_cmdline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
