/* SPDX-License-Identifier: MIT */
/* test_terminal_others.c - sequences that the terminal does not know do nothing, visibly or not. */
#include "tests/host/unit/unit.h"
#include "kernel/dev/terminal.h"
#include "lib/console/screen.h"

#define WIDTH	(20 * GLYPH_WIDTH)
#define HEIGHT	(3 * GLYPH_HEIGHT)

const uint8_t font_spleen[GLYPH_LAST - GLYPH_FIRST + 1][GLYPH_HEIGHT];

static struct terminal terminal;

static void say(const char *text)
{
	terminal_write(&terminal, text, strlen(text));
}

static void starts_with(const char *text)
{
	for (const struct cell *cell = terminal.want; *text; text++, cell++)
		assert_int_equal(cell->ch, *text);
}

static void test_others(void **state)
{
	static const char *const others[] = {
		"\x1b[?J", "\x1b[?2J", "\x1b[>1m", "\x1b[=7m", "\x1b[<D",	/* private */
		"\x1b[ D", "\x1b[1!D", "\x1b[2$K",		/* with an intermediate byte */
		"\x1b[4:3m", "\x1b[38;5;7m", "\x1b[48;5;1m", "\x1b[0;38;5;1m", "\x1b[0;48;2;1m",
		"\x1b[1;38;1;0m\x1b[m", "\x1b[38;2;1;7;7;30m\x1b[37m",
		"\x1b(B", "\x1b#8", "\x1b %G", "\x1b=", "\x1bM",
		/* control strings */
		"\x1b]0;title\a", "\x1b]8;;a[1m\x1b\\", "\x1bP1;2|17/ab\x1b\\",
		"\x1bXany\x1b\\", "\x1b^private\x1b\\", "\x1b_program\x1b\\",
		"\x1b]0;one\x1b]0;two\a",
	};
	static _Alignas(8) uint32_t pixels[WIDTH * HEIGHT];
	const struct boot_fb fb = {
		.mem = { (uint64_t)pixels, sizeof(pixels) }, .width = WIDTH, .height = HEIGHT,
		.stride = WIDTH * sizeof(pixels[0]), .format = BOOT_FB_XRGB8888,
	};
	void *cells = malloc(terminal_size(&fb));

	(void)state;
	terminal_start(&terminal, &fb, cells);
	say("def");
	for (uint32_t i = 0; i < ARRAY_SIZE(others); i++) {
		say(others[i]);
		assert_true(terminal.look == 0x07 && !terminal.row && terminal.column == 3);
		starts_with("def ");
		say("x");			/* shown: the sequence has ended */
		starts_with("defx");
		say("\b \b");
	}
	say("\x1b[?1\x1b[D!\x1b[1;33mh");		/* one is cut off by the next */
	starts_with("de!h ");
	assert_int_equal(terminal.look, 0x0b);
	/* what follows other colours counts */
	say("\x1b[0;38;5;41;33;48;2;31;32;30;1;38;5m");
	assert_int_equal(terminal.look, 0x0b);
	say("\x1b]0;unfinished\nghi");
	assert_true(terminal.row == 1 && terminal.column == 3);
	free(cells);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_others) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
