/* SPDX-License-Identifier: MIT */
/* test_screen.c - nothing is drawn outside of a framebuffer, of whatever shape it is. */
#include "tests/host/unit/unit.h"
#include "lib/console/screen.h"

const uint8_t font_spleen[95][16] = { [0 ... 94] = { [0 ... 15] = 0xff } };

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

/* What is behind the last pixel is the sanitizer's. */
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
