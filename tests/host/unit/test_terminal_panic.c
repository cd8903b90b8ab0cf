/* SPDX-License-Identifier: MIT */
/* test_terminal_panic.c - a panic is on the screen whatever was written to it before. */
#include "tests/host/unit/unit.h"
#include "kernel/screen.c"
#include "lib/console/screen.h"
#include "lib/wants.h"

#define WIDTH	(40 * GLYPH_WIDTH)
#define HEIGHT	(3 * GLYPH_HEIGHT)

const uint8_t font_spleen[GLYPH_LAST - GLYPH_FIRST + 1][GLYPH_HEIGHT];
uint64_t clock_hz;
const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

static _Alignas(8) uint32_t pixels[WIDTH * HEIGHT];
static _Alignas(PAGE_SIZE) uint8_t cells[PAGE_SIZE];

uint64_t clock_now(void)
{
	return 0;
}

uint64_t page_alloc(uint32_t order, uint32_t flags)
{
	(void)flags;
	assert_int_equal(order, 0);
	return (uint64_t)cells;
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *fault)
{
	(void)fault;
	fn(arg);
	return true;
}

static void say(const char *text)
{
	console.screen_write(text, strlen(text));
}

/* Control strings and sequences that have no end, and text in the colour of its ground. */
static void test_shown(void **state)
{
	static const char *const before[] = {
		"x", "\x1b", "\x1b(", "\x1b[", "\x1b[1;3", "\x1b[?25", "\x1b]0;title",
		"\x1bPdevice", "\x1b_", "\x1b[30m", "\x1b[37;47m\x1b]8;;",
	};
	struct boot_info bi = {
		.fb = {
			.mem = { (uint64_t)pixels, sizeof(pixels) }, .width = WIDTH,
			.height = HEIGHT, .stride = WIDTH * sizeof(pixels[0]),
			.format = BOOT_FB_XRGB8888,
		},
	};
	struct kernel k = { .bi = &bi, .memory.bi = &bi, .options.screen_limit = CONSOLE_DEBUG };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(before); i++) {
		const struct cell *cell;
		const char *p = "stubborn: panic: here";

		console.limit = CONSOLE_DEBUG;
		screen_start(&k);
		say(before[i]);
		console.limit = CONSOLE_ALL;
		say("stubborn: panic: ");
		say("here\n");
		for (cell = terminal.want + (before[i][0] == 'x'); *p; p++, cell++)
			assert_true(cell->ch == *p && cell->look == 0x07);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
