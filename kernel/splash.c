/* SPDX-License-Identifier: MIT */
/*
 * splash.c - see splash.h. Text in the terminal's colours; drawn with all other text, before
 * waiting.
 */
#include "kernel/splash.h"
#include "kernel/bars.h"
#include "lib/console/console.h"

static bool shown, again;		/* the boot screen is shown; so is its line of CPUs */

void splash_machine(const struct kernel *k)
{
	uint32_t level;

	shown = console.screen_write && k->options.screen_limit < CONSOLE_INFO;
	if (!shown)
		return;
	level = console_as(CONSOLE_SCREEN);
	console_print("\x1b[97mStubborn " STUBBORN_VERSION "\x1b[0m %s\n\n%-*s%s\n\n", arch_name,
		      BAR_LABEL, "machine", k->name);
	memory_bar(&k->memory);
	console_print("\n");
	console_as(level);
}

void splash_cpus(uint32_t running, uint32_t named)
{
	const uint32_t cells = MIN(named, BAR_CELLS);
	uint32_t level;

	if (!shown)
		return;
	level = console_as(CONSOLE_SCREEN);
	console_print("%s%-*s\x1b[32;42m%.*s\x1b[0m %u of %u\n", again ? "\x1b[A" : "", BAR_LABEL,
		      "cpus", (int)((uint64_t)running * cells / named), bar_full, running, named);
	console_as(level);
	again = true;
}

void splash_times(const struct kernel *k)
{
	uint32_t level;

	if (!shown)
		return;
	level = console_as(CONSOLE_SCREEN);
	console_print("\n");
	timeline_bars(k->bi->counter_hz, false);
	console_print("\n");
	console_as(level);
}
