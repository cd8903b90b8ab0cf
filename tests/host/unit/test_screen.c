/* SPDX-License-Identifier: MIT */
/* test_screen.c - nothing is drawn outside of a framebuffer, whatever its shape. */
#include "tests/host/unit/unit.h"
#include "lib/console/screen.h"

/* Whole cells, but '?' is the right half of one. */
#define WHOLE	{ [0 ... 15] = 0xff }
const uint8_t font_spleen[95][16] = {
	[0 ... 30] = WHOLE, [31] = { [0 ... 15] = 0x0f }, [32 ... 94] = WHOLE,
};

static struct console screen;

static bool fits(uint32_t width, uint32_t height, uint32_t stride, uint64_t base, uint64_t size)
{
	screen = (struct console){ .fb = {
		.mem = { base, size }, .width = width, .height = height, .stride = stride,
		.format = BOOT_FB_XRGB8888,
	} };
	return screen_fits(&screen.fb);
}

/* Text, tabs and the mark of a fault all over it, and whether anything was shown. */
static bool scribble(void)
{
	const uint32_t *pixel = (const uint32_t *)screen.fb.mem.base;
	bool shown;

	screen_clear(&screen);
	screen_put(&screen, 'A');
	shown = *pixel == 0xc0c0c0;
	for (uint32_t i = 0; i < 3000; i++)
		screen_put(&screen, i % 97 == 96 ? '\n' : i % 41 == 40 ? '\t' : 'A');
	screen_paint_fault(&screen.fb);
	return shown;
}

/* The sanitizer notices writes after the last pixel. */
static void draw(uint32_t width, uint32_t height, uint32_t gap)
{
	const uint32_t line = width * 4, stride = line + gap;
	const uint64_t size = (uint64_t)stride * (height - 1) + line;
	void *pixels = malloc(size);

	assert_true(fits(width, height, stride, (uint64_t)pixels, size));
	assert_true(scribble());
	free(pixels);
}

/* letters grow with the width; a low screen has no room for large ones. */
static void test_low_Q78(void **state)
{
	static const uint32_t widths[] = { 8, 9, 15, 640, 1279, 1280, 2559, 2560, 3840, 5120 };
	static const uint32_t gaps[] = { 0, 4, 252 };

	(void)state;
	for (uint32_t w = 0; w < ARRAY_SIZE(widths); w++) {
		for (uint32_t height = 16; height < 70; height += 1 + height / 4)
			for (uint32_t g = 0; g < ARRAY_SIZE(gaps); g++)
				draw(widths[w], height, gaps[g]);
	}
}

static uint32_t *pixels;

static void open(uint32_t width, uint32_t height, enum boot_fb_format format)
{
	const uint64_t size = 4ull * width * height;

	pixels = malloc(size);
	memset(pixels, 0x55, size);
	assert_true(fits(width, height, 4 * width, (uint64_t)pixels, size));
	screen.fb.format = format;
	screen.fb.red_mask = 0x3ff00000;
	screen.fb.green_mask = 0xffc00;
	screen.fb.blue_mask = 0x3ff;
	screen_clear(&screen);
}

/* Rows of cells that end with '/': 'x' is a letter, '?' the sign of none; blank to the right. */
static void check_cells(const char *text, const char *want, uint32_t grey)
{
	const uint32_t scale = screen_scale(&screen.fb), wide = 8 * scale, high = 16 * scale;
	const char *row = want;

	for (const char *p = text; *p; p++)
		screen_put(&screen, (uint8_t)*p);
	for (uint32_t y = 0; y < screen.fb.height; y++) {
		const uint32_t n = (uint32_t)strcspn(row, "/");

		for (uint32_t x = 0; x < screen.fb.width; x++) {
			const char c = x / wide < n ? row[x / wide] : ' ';
			const bool lit = c == 'x' || (c == '?' && x % wide >= wide / 2);

			if (pixels[y * screen.fb.width + x] != (lit ? grey : 0))
				fail_msg("\"%s\": pixel %u,%u is %#x", text, x, y,
					 pixels[y * screen.fb.width + x]);
		}
		if (y % high == high - 1)
			row += n + (row[n] != 0);
	}
	free(pixels);
}

/* Where text goes: 5 columns, or 10, and 4 rows. */
static void test_cells(void **state)
{
	static const struct {
		uint32_t columns;
		const char *text, *want;
	} t[] = {
		{ 5, "AB", "xx" }, { 5, "A\nBC\n", "x/xx" }, { 5, "AAAAA", "xxxxx" },
		{ 5, "AAAAAA", "xxxxx/x" }, { 10, "A\tBC", "x       xx" },
		{ 10, "\tB", "        x" },
		{ 10, "1234567\tB", "xxxxxxx x" }, { 10, "12345678\tB", "xxxxxxxx/x" },
		{ 10, "\t\tB", "/x" }, { 5, "\xc3\xa4" "A", "?x" }, { 5, "\x80\xbf", "" },
		{ 5, "\x01\x1f\x7f\xc0\xff", "?????" }, { 5, " ~", "xx" },
		{ 5, "A\nB\nC\nD", "x/x/x/x" },		/* all of the screen */
		{ 5, "A\nB\nC\nD\n", "//x/x" },		/* a line, and a gap after it */
		{ 5, "A\nB\nC\nD\nEE\nFFF", "xx/xxx//x" },
		{ 5, "A\nB\nC\nD\nE\nF\nG", "x/x/x/" },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		open(8 * t[i].columns + 3, 4 * 16 + 5, BOOT_FB_XRGB8888);
		check_cells(t[i].text, t[i].want, 0xc0c0c0);
	}
	open(8 * 5 + 3, 4 * 16 + 5, BOOT_FB_XRGB8888);
	for (const char *p = "A\nB\nCC"; *p; p++)
		screen_put(&screen, (uint8_t)*p);
	screen_clear(&screen);			/* and it begins at the top again */
	check_cells("A\nB", "x/x", 0xc0c0c0);
	open(2560, 70, BOOT_FB_XBGR8888);	/* letters of twice the size */
	check_cells("A?B\n??", "x?x/??", 0xc0c0c0);
	open(80, 32, BOOT_FB_MASKS);
	check_cells("A", "x", 0x300c0300);
}

/* The mark of a fault: a red square, 32 pixels wide, or twice that. */
static void test_mark(void **state)
{
	static const struct {
		enum boot_fb_format format;
		uint32_t red;
	} t[] = {
		{ BOOT_FB_XRGB8888, 0xff0000 }, { BOOT_FB_XBGR8888, 0x0000ff },
		{ BOOT_FB_MASKS, 0x3ff00000 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++)
		for (uint32_t scale = 1; scale <= 2; scale++) {
			open(1280 * scale, 80, t[i].format);
			screen_paint_fault(&screen.fb);
			for (uint32_t y = 0; y < 80; y++)
				for (uint32_t x = 0; x < 1280 * scale; x++)
					assert_int_equal(pixels[y * 1280 * scale + x],
							 MAX(x, y) < 32 * scale ? t[i].red : 0);
			free(pixels);
		}
}

static void test_shapes(void **state)
{
	const uint64_t base = 0x80000000, size = 1024ull * 768 * 4;

	(void)state;
	assert_true(fits(1024, 768, 4096, base, size));
	assert_false(fits(1024, 768, 4096, base, size - 1));
	assert_false(fits(1024, 768, 4092, base, size));	/* lines overlap */
	assert_false(fits(1025, 768, 4096, base, size * 2));
	assert_false(fits(1024, 769, 4096, base, size));
	assert_false(fits(1024, 768, 4098, base, size * 2));
	assert_false(fits(1024, 768, 4096, base + 2, size));
	assert_false(fits(7, 768, 4096, base, size));
	assert_false(fits(1024, 15, 4096, base, size));
	assert_false(fits(0, 0, 0, base, size));
	assert_false(fits(1u << 30, 16, 0, base, UINT64_MAX / 2));	/* 2^32 bytes a line */
	assert_false(fits(0x40000001, 16, 4, base, UINT64_MAX / 2));
	assert_false(fits(1024, UINT32_MAX, UINT32_MAX - 3, base, size));
	assert_false(fits(1024, 768, 4096, UINT64_MAX - 4095, size));	/* wraps */
	assert_true(fits(1024, 768, 4096, UINT64_MAX - size - 3, size));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_low_Q78), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_cells), cmocka_unit_test(test_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
