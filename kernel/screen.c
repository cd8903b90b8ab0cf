/* SPDX-License-Identifier: MIT */
/*
 * screen.c - the kernel's screen: a terminal with memory of its own. If there is no memory for it,
 * the stub's simple screen is used, which wraps to the top.
 */
#include "kernel/cpu/trap.h"
#include "kernel/dev/terminal.h"
#include "kernel/kernel.h"
#include "kernel/mm/page.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"

#define PERIOD	(33 * NS_PER_MS)	/* between two redraws during long output */

static struct terminal terminal;
static uint64_t drawn;			/* when it was last drawn */
static uint32_t limit;			/* the highest level that is shown */
static bool due;			/* some text is taken but not drawn */

static void draw(void)
{
	if (due)
		terminal_draw(&terminal);
	due = false;
	drawn = clock_now();
}

void screen_show(void)
{
	const bool turn = console_turn_take();

	draw();
	console_turn_give(turn);
}

struct text {
	const char *at;
	size_t size;
};

static void text_draw(void *arg)
{
	const struct text *t = arg;

	terminal_take(&terminal, "\x1b[m", 3);	/* ends any sequence; a colour that can be read */
	terminal_take(&terminal, t->at, t->size);
	due = true;
	draw();
}

/* Draw at once. If that faults, give up the screen, so that the serial port gets the report. */
static void screen_panic(struct text *t)
{
	struct trap_info fault;

	if (trap_try(text_draw, t, &fault))
		return;
	console.screen_write = NULL;
	console.screen_on = 0;
	console.fb.format = BOOT_FB_NONE;
}

/*
 * Scrolling redraws the whole screen, so draw only now and then, and before the kernel waits. Draw
 * at once if there is neither a serial port nor a clock.
 */
static void screen_write(const char *text, size_t size)
{
	const bool alone = console.uart.type == BOOT_UART_NONE || console.dead;

	if (console.limit == CONSOLE_ALL) {
		screen_panic(&(struct text){ text, size });
		return;
	}
	if (console.level > limit && console.level != CONSOLE_SCREEN)
		return;
	terminal_take(&terminal, text, size);
	due = true;
	if ((alone && !clock_hz) || clock_now() - drawn > PERIOD)
		draw();
}

void screen_start(struct kernel *k)
{
	struct boot_fb fb = k->bi->fb;
	uint64_t size, cells = 0;
	uint32_t order = 0;

	fb.mem.base += k->bi->direct_map;
	size = terminal_size(&fb);
	if (!size)
		return;
	while (PAGE_SIZE << order < size)
		order++;
	cells = page_alloc(order, 0);
	if (!cells) {
		console_screen(&k->bi->fb, k->bi->direct_map);
		return;
	}
	terminal_start(&terminal, &fb, memory_at(&k->memory, cells));
	limit = k->options.screen_limit;
	console.screen_on = 1;
	console.screen_write = screen_write;
}
