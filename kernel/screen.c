/* SPDX-License-Identifier: MIT */
/*
 * screen.c - the kernel's screen: a terminal with memory of its own. If there is none for it, the
 * simple screen of the stub, which wraps to the top.
 */
#include "kernel/cpu/turn.h"
#include "kernel/dev/terminal.h"
#include "kernel/kernel.h"
#include "kernel/mm/page.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"

#define PERIOD	(33 * NS_PER_MS)	/* between two drawings of text that comes quickly */

static struct terminal terminal;
static uint64_t drawn;			/* when */
static uint32_t limit;			/* the highest level that is shown */
static bool due;			/* text was taken that is not shown */

static void draw(void)
{
	if (due)
		terminal_draw(&terminal);
	due = false;
	drawn = clock_now();
}

void screen_show(void)
{
	const bool turn = turn_take();

	draw();
	if (turn)
		turn_give();
}

/*
 * Scrolling draws the whole screen, so it is drawn before the kernel waits, and now and then. At
 * once if it is all there is, or the last there will be.
 */
static void screen_write(const char *text, size_t size)
{
	const bool alone = console.uart.type == BOOT_UART_NONE || console.dead;

	if (console.level > limit && console.level != CONSOLE_SCREEN &&
	    console.limit != CONSOLE_ALL)
		return;
	terminal_take(&terminal, text, size);
	due = true;
	if (crumb_trail->faulted || (alone && !clock_hz) || clock_now() - drawn > PERIOD)
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
