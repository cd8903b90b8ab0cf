/* SPDX-License-Identifier: MIT */
/*
 * test_terminal.c - what is on the screen is what a simple terminal would show, drawn anew from its
 * cells; nothing outside is touched, and no pixel is written that does not change.
 */
#include "tests/host/unit/unit.h"
#include "kernel/dev/terminal.h"
#include "lib/console/screen.h"

/* A font in which no two glyphs are alike, and only the blank is blank. */
#define R1(n)	((n) * 37 + 11) & 0xff, ((n) * 101 + 7) & 0xff
#define R4(n)	R1(n), R1((n) + 1), R1((n) + 2), R1((n) + 3)
#define R16(n)	{ R4(n), R4((n) + 5) }
#define G8(n)	R16(n), R16((n) + 1), R16((n) + 2), R16((n) + 3), R16((n) + 4), R16((n) + 5), \
		R16((n) + 6), R16((n) + 7)
const uint8_t font_spleen[][GLYPH_HEIGHT] = {
	{ 0 }, G8(1), G8(9), G8(17), G8(25), G8(33), G8(41), G8(49), G8(57), G8(65), G8(73), G8(81),
	R16(89), R16(90), R16(91), R16(92), R16(93), R16(94),
};

static struct terminal terminal;
static struct boot_fb fb;
static uint32_t *pixels;
static uint64_t pixels_size;
static void *cells;

static void start(uint32_t width, uint32_t height, uint32_t format)
{
	const uint32_t stride = (width + 3) * sizeof(uint32_t);

	pixels_size = (uint64_t)stride * (height - 1) + width * sizeof(uint32_t);
	pixels = malloc(pixels_size);			/* ASan sees what goes beyond */
	memset(pixels, 0x55, pixels_size);
	fb = (struct boot_fb){
		.mem = { (uint64_t)pixels, pixels_size }, .width = width, .height = height,
		.stride = stride, .format = format,
		.red_mask = 0x3ff00000, .green_mask = 0xffc00, .blue_mask = 0x3ff,
	};
	assert_true(terminal_size(&fb) > 0);
	cells = malloc(terminal_size(&fb));
	terminal_start(&terminal, &fb, cells);
}

static void stop(void)
{
	free(pixels);
	free(cells);
}

static uint32_t pixel(uint32_t x, uint32_t y)
{
	return pixels[(uint64_t)y * fb.stride / sizeof(uint32_t) + x];
}

/* Every pixel, from the cells and the cursor alone. */
static void check_pixels(void)
{
	const struct terminal *t = &terminal;
	const uint32_t wide = GLYPH_WIDTH * t->scale, high = GLYPH_HEIGHT * t->scale;

	for (uint32_t y = 0; y < fb.height; y++)
		for (uint32_t x = 0; x < fb.width; x++) {
			const uint32_t row = y / high, column = x / wide;
			uint32_t want = 0;

			if (row < t->rows && column < t->columns) {
				struct cell c = t->want[(t->top + row) % t->rows * t->pitch +
							column];
				const uint8_t bits = font_spleen[c.ch - GLYPH_FIRST]
								[y % high / t->scale];
				bool on = bits & 0x80 >> x % wide / t->scale;

				if (row == t->row && column == MIN(t->column, t->columns - 1))
					on = !on;
				want = t->colours[on ? c.look & 0xf : c.look >> 4];
			}
			if (pixel(x, y) != want)
				fail_msg("pixel %u,%u is %08x, not %08x", x, y, pixel(x, y), want);
		}
}

static void say(const char *text)
{
	const size_t size = strlen(text);
	char *copy = exact(size);

	memcpy(copy, text, size);			/* without the NUL */
	terminal_write(&terminal, copy, size);
	free(copy);
}

/* The text of a row, blanks at its end cut. */
static const char *row_text(uint32_t row)
{
	static char text[512];
	const struct cell *c = &terminal.want[(terminal.top + row) % terminal.rows *
					      terminal.pitch];
	uint32_t n = terminal.columns;

	while (n && c[n - 1].ch == ' ')
		n--;
	for (uint32_t i = 0; i < n; i++)
		text[i] = (char)c[i].ch;
	text[n] = 0;
	return text;
}

static void test_text(void **state)
{
	(void)state;
	start(163, 81, BOOT_FB_XRGB8888);		/* 20 by 5 cells */
	assert_int_equal(terminal.columns, 20);
	assert_int_equal(terminal.rows, 5);
	check_pixels();
	say("hello\tx\nb\xc3\xa4\x7f\x01g\rB");
	assert_string_equal(row_text(0), "hello   x");
	assert_string_equal(row_text(1), "B??g");
	check_pixels();
	say("\n12345678901234567890");			/* full: wraps with the next */
	assert_int_equal(terminal.row, 2);
	check_pixels();
	say("a\b\b\bz\n4\n5\n6");
	assert_string_equal(row_text(0), "12345678901234567890");
	assert_string_equal(row_text(1), "z");
	assert_string_equal(row_text(4), "6");
	check_pixels();
	say("\x1b[2J\x1b[H");
	for (uint32_t i = 0; i < 5; i++)
		assert_string_equal(row_text(i), "");
	say("12345678901234567890\x1b[K");		/* the last column alone */
	assert_string_equal(row_text(0), "1234567890123456789");
	say("\r~\x1b[K");
	assert_string_equal(row_text(0), "~");
	say("\ra\n\xc3\xa5\xbf\x80\n\nc\nd\n");	/* a new row is blank */
	assert_string_equal(row_text(0), "?");
	assert_string_equal(row_text(4), "");
	say("\x1b[2J\x1b[Htop");
	assert_string_equal(row_text(0), "top");
	check_pixels();
	stop();
}

static void test_sequences(void **state)
{
	(void)state;
	start(163, 81, BOOT_FB_XBGR8888);
	say("abcdef\x1b[3D\x1b[K");
	assert_string_equal(row_text(0), "abc");
	say("\x1b[2;4Hx\x1b[Ay\x1b[2Bz\x1b[Cw\x1b[Gv");
	assert_string_equal(row_text(0), "abc y");
	assert_string_equal(row_text(1), "   x");
	assert_string_equal(row_text(2), "v    z w");
	say("\x1b[1K\x1b[99;99Hq\x1b[99A\x1b[99D!\x1b[99B\x1b[99C");
	assert_string_equal(row_text(2), "     z w");
	assert_string_equal(row_text(0), "!bc y");
	assert_int_equal(terminal.row, 4);
	assert_int_equal(terminal.column, 19);
	say("\x1b[2J\x1b[Habc\x1b[2;1Hdef\x1b[3;1Hghi\x1b[2;2H\x1b[J");
	assert_string_equal(row_text(0), "abc");
	assert_string_equal(row_text(1), "d");
	assert_string_equal(row_text(2), "");
	say("\x1b[2;1Hdef\x1b[3;1Hghi\x1b[2;2H\x1b[1J");
	assert_string_equal(row_text(0), "");
	assert_string_equal(row_text(1), "  f");
	assert_string_equal(row_text(2), "ghi");
	say("\x1b[1@#\b\x1b[3J\x1b[3K");		/* none is any of them */
	assert_string_equal(row_text(1), " #f");
	say(" ");
	assert_string_equal(row_text(1), "  f");
	say("\x1b[Habc\x1b[2;1H\x1b[2J");		/* above the cursor and below it */
	for (uint32_t i = 0; i < 3; i++)
		assert_string_equal(row_text(i), "");
	say("\x1b[2J\x1b[1;1H!bc y\x1b[2;1H   x\x1b[3;1H     z w");
	say("\x1b[3;6H\x1b[J");
	assert_string_equal(row_text(2), "");
	assert_string_equal(row_text(1), "   x");
	say("\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20x");
	say("\x1b[1J\x1b[?25l\x1b[38;5;1;2;3;4;5;6m\x1b[9999999999999;Hk\x1b]\x1b(B\x1b\x1b[1;1Hl");
	assert_string_equal(row_text(1), "");
	assert_string_equal(row_text(0), "l");
	check_pixels();
	stop();
}

static void test_colours(void **state)
{
	(void)state;
	for (uint32_t format = BOOT_FB_XRGB8888; format <= BOOT_FB_MASKS; format++) {
		start(640, 64, format);
		say("\x1b[31mred\x1b[0;1mbold\x1b[7minverse\x1b[m\x1b[42;90mx\x1b[49;39my"
		    "\x1b[104mz");
		assert_int_equal(terminal.want[0].look, 0x01);
		assert_int_equal(terminal.want[3].look, 0x0f);
		assert_int_equal(terminal.want[7].look, 0xf0);
		assert_int_equal(terminal.want[14].look, 0x28);
		assert_int_equal(terminal.want[15].look, 0x07);
		assert_int_equal(terminal.want[16].look, 0xc7);
		assert_int_equal(terminal.colours[9], format == BOOT_FB_XRGB8888 ? 0xff0000 :
				 format == BOOT_FB_XBGR8888 ? 0x0000ff : 0x3ff00000);
		check_pixels();
		stop();
	}
}

/* The effect of each SGR number on purple on blue. */
static void test_rendition(void **state)
{
	char text[32];

	(void)state;
	start(640, 64, BOOT_FB_XRGB8888);
	for (uint32_t n = 0; n < 130; n++) {
		const uint8_t want = n == 0 ? 0x07 : n == 1 ? 0x4d : n == 7 ? 0x54 :
				     n >= 30 && n <= 37 ? 0x40 + n - 30 : n == 39 ? 0x47 :
				     n >= 40 && n <= 47 ? (n - 40) << 4 | 5 : n == 49 ? 0x05 :
				     n >= 90 && n <= 97 ? 0x48 + n - 90 :
				     n >= 100 && n <= 107 ? (n - 92) << 4 | 5 : 0x45;

		sprintf(text, "\x1b[0;35;44m\x1b[%umx", n);
		say(text);
		assert_int_equal(terminal.look, want);
	}
	say("\x1b[0;32;1m");
	assert_int_equal(terminal.look, 0x0a);
	stop();
}

/* All colours, in each format: the same, with red and blue swapped, and of ten bits. */
static void test_palette(void **state)
{
	uint32_t rgb[16];

	(void)state;
	start(640, 64, BOOT_FB_XRGB8888);
	memcpy(rgb, terminal.colours, sizeof(rgb));
	stop();
	for (uint32_t i = 0; i < 16; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_true(rgb[i] != rgb[k] && rgb[i] < 0x1000000);
	start(640, 64, BOOT_FB_XBGR8888);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(terminal.colours[i], __builtin_bswap32(rgb[i]) >> 8);
	stop();
	start(640, 64, BOOT_FB_MASKS);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(terminal.colours[i], (rgb[i] >> 16) * 1023 / 255 << 20 |
				 (rgb[i] >> 8 & 255) * 1023 / 255 << 10 |
				 (rgb[i] & 255) * 1023 / 255);
	stop();
}

/* Random text and sequences at all kinds of sizes. */
static void test_random(void **state)
{
	static const uint32_t sizes[][2] = {
		{ 8, 16 }, { 15, 31 }, { 320, 200 }, { 1366, 100 }, { 2560, 70 }, { 2561, 70 },
		{ 3840, 99 },
	};
	static const char *const bits[] = {
		"a", "hello world ", "\n", "\t", "\r", "\b", "\x1b[K", "\x1b[1K", "\x1b[2J",
		"\x1b[J", "\x1b[1J", "\x1b[H", "\x1b[3;7H", "\x1b[A", "\x1b[B", "\x1b[5C",
		"\x1b[D", "\x1b[31m", "\x1b[44m", "\x1b[m", "\x1b[7m", "\x1b[", "\x1b", "9;", "#",
	};

	(void)state;
	srand(1);
	for (uint32_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		start(sizes[s][0], sizes[s][1], BOOT_FB_XRGB8888);
		for (uint32_t i = 0; i < 400; i++) {
			say(bits[(uint32_t)rand() % ARRAY_SIZE(bits)]);
			assert_true(terminal.row < terminal.rows);
			assert_true(terminal.column <= terminal.columns);
			if (i % 16 == 0)
				check_pixels();
		}
		check_pixels();
		stop();
	}
}

/* A pixel that stays is not written: 0x5a in its unused byte would be lost. */
static void test_sparing(void **state)
{
	(void)state;
	start(640, 480, BOOT_FB_XRGB8888);
	for (uint32_t i = 0; i < 40; i++)
		say("same text\n");
	for (uint64_t i = 0; i < pixels_size / sizeof(*pixels); i++)
		pixels[i] |= 0x5a000000;
	say("same text\nsame text\n");			/* scrolls */
	uint64_t written = 0;
	for (uint32_t y = 0; y < fb.height; y++)
		for (uint32_t x = 0; x < fb.width; x++)
			written += !(pixel(x, y) & 0x5a000000);
	assert_int_equal(written, 0);
	stop();
}

/* When a glyph replaces another, only what differs is written, two aligned pixels at a time. */
static void test_glyphs(void **state)
{
	static const uint32_t sizes[][2] = { { 641, 480 }, { 640, 480 }, { 3840, 99 } };
	static const char *const texts[][2] = {
		{ "abcdefgh", "ijklmnop" }, { "a", " " }, { "", "bcd" }, { "a", "\x1b[31ma" },
		{ "efg", "\x1b[31mhij" }, { "", "\x1b[31mk" },
	};
	char text[64];

	(void)state;
	for (uint32_t i = 0; i < 3 * ARRAY_SIZE(texts); i++) {
		const bool twos = i % 3 == 0;
		uint32_t *before;

		start(sizes[i % 3][0], sizes[i % 3][1], BOOT_FB_XRGB8888);
		snprintf(text, sizeof(text), "%s\x1b[2;20H", texts[i / 3][0]);
		say(text);
		before = malloc(pixels_size);
		memcpy(before, pixels, pixels_size);
		for (uint64_t at = 0; at < pixels_size / sizeof(*pixels); at++)
			pixels[at] |= 0x5a000000, before[at] &= 0xffffff;
		snprintf(text, sizeof(text), "\x1b[H%s\x1b[2;20H", texts[i / 3][1]);
		say(text);
		for (uint64_t at = 0; at < pixels_size / sizeof(*pixels); at++) {
			const uint64_t other = twos ? at ^ 1 : at;
			const bool changed = before[at] != (pixels[at] & 0xffffff);

			assert_false(changed && pixels[at] >> 24);
			assert_true(changed || pixels[at] >> 24 ||
				    before[other] != (pixels[other] & 0xffffff));
		}
		free(before);
		stop();
	}
}

/* Only rows that something was written to are compared with what is shown. */
static void test_rows(void **state)
{
	(void)state;
	start(640, 480, BOOT_FB_XRGB8888);		/* 30 rows */
	say("\x1b[3;1Hup\x1b[20;1Hdown\x1b[5;1H");
	for (uint32_t row = 0; row < terminal.rows; row++)
		terminal.shown[row * terminal.pitch + 5].ch = '#';
	say("ab\ncd");
	for (uint32_t row = 0; row < terminal.rows; row++)
		assert_int_equal(terminal.shown[row * terminal.pitch + 5].ch,
				 row == 4 || row == 5 ? ' ' : '#');
	say("\x1b[H");
	for (uint32_t row = 0; row < terminal.rows; row++)
		terminal.shown[row * terminal.pitch + 5].ch = '#';
	say("ab");
	for (uint32_t row = 0; row < terminal.rows; row++)
		assert_int_equal(terminal.shown[row * terminal.pitch + 5].ch, row ? '#' : ' ');
	stop();
}

/* As much memory as was asked for, twice the cells, is used. */
static void test_memory(void **state)
{
	uint8_t memory[400 + 32], after[32];

	(void)state;
	start(163, 81, BOOT_FB_XRGB8888);
	assert_int_equal(terminal_size(&fb), 400);	/* 20 by 5 cells */
	memset(memory, 0xa5, sizeof(memory));
	memset(after, 0xa5, sizeof(after));
	terminal_start(&terminal, &fb, memory);
	say("\x1b[5;20Hx\n");
	assert_memory_equal(memory + 400, after, sizeof(after));
	stop();
	start(8, 16, BOOT_FB_XRGB8888);
	assert_int_equal(terminal_size(&fb), 16);	/* four cells for one */
	say("a\nb");
	check_pixels();
	stop();
}

static void test_refused(void **state)
{
	(void)state;
	fb = (struct boot_fb){ 0 };
	assert_int_equal(terminal_size(&fb), 0);
	fb = (struct boot_fb){ .mem = { 4096, 100 }, .width = 640, .height = 480, .stride = 2560,
			       .format = BOOT_FB_XRGB8888 };
	assert_int_equal(terminal_size(&fb), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_colours), cmocka_unit_test(test_palette),
		cmocka_unit_test(test_rendition), cmocka_unit_test(test_random),
		cmocka_unit_test(test_sparing), cmocka_unit_test(test_rows),
		cmocka_unit_test(test_glyphs), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
