/* SPDX-License-Identifier: MIT */
/* cmd_boot.c - how this boot went, and the end of it: info, timeline, selftest, poweroff, crash. */
#include "monitor.h"
#include "kernel/firmware/firmware.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define MICROSECONDS	1000000ull
#define BAR_CELLS	40

bool command_info(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	report_print(k);
	return true;
}

bool command_selftest(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	return selftest_run(k);
}

bool command_poweroff(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	poweroff(k);
}

/* Each stage from its own time to the next one's. */
bool command_timeline(struct kernel *k, uint32_t n, char **words)
{
	const uint64_t hz = k->bi->counter_hz;
	uint64_t first = crumb_trail->time[CRUMB_ENTRY], last = 0;
	char label[CRUMB_LABEL];

	(void)n;
	(void)words;
	for (uint32_t s = 0; s < CRUMB_STAGES; s++)
		last = MAX(last, crumb_trail->time[s]);
	for (uint32_t s = 0, next; s < CRUMB_STAGES; s = next) {
		const uint64_t begin = crumb_trail->time[s];
		uint64_t ticks, from, to;

		for (next = s + 1; next < CRUMB_STAGES && !crumb_trail->time[next];)
			next++;
		if (!begin || next == CRUMB_STAGES)
			continue;
		ticks = crumb_trail->time[next] - begin;
		from = (begin - first) * BAR_CELLS / (last - first + 1);
		to = (begin - first + ticks) * BAR_CELLS / (last - first + 1);
		console_print("%-10s |", crumb_label(s, label));
		for (uint64_t i = 0; i < BAR_CELLS; i++)
			console_write(i >= from && i <= to ? "=" : " ", 1);
		console_print("| %llu", LL(ticks));
		if (hz && ticks <= UINT64_MAX / MICROSECONDS)
			console_print(" %llu us", LL(ticks * MICROSECONDS / hz));
		console_print("\n");
	}
	return true;
}

/* ---- crash ---- */

static void crash_read(void)
{
	(void)*(volatile uint64_t *)FAULT_ADDRESS;
}

static void crash_write(void)
{
	*(volatile uint64_t *)FAULT_ADDRESS = 0;
}

static void crash_text(void)
{
	*(volatile uint8_t *)crash_read = 0;
}

static void crash_execute(void)
{
	static uint8_t data[16];
	void (*volatile run)(void) = (void (*)(void))data;

	run();
}

static void crash_jump(void)
{
	void (*volatile run)(void) = (void (*)(void))FAULT_ADDRESS;

	run();
}

static void crash_undefined(void)
{
	__builtin_trap();
}

static void crash_stack(void)
{
	volatile uint8_t eaten[PAGE_SIZE];
	void (*volatile again)(void) = crash_stack;

	eaten[0] = 0;
	again();
	eaten[1] = 0;			/* no tail call */
}

static void crash_panic(void)
{
	panic("deliberate, as the command asked");
}

static const struct {
	char kind[12];
	void (*crash)(void);
} crashes[] = {
	{ "read", crash_read },		{ "write", crash_write },
	{ "text", crash_text },		{ "execute", crash_execute },
	{ "jump", crash_jump },		{ "undefined", crash_undefined },
	{ "stack", crash_stack },	{ "panic", crash_panic },
};

bool command_crash(struct kernel *k, uint32_t n, char **words)
{
	(void)k;
	for (uint32_t i = 0; n == 2 && i < ARRAY_SIZE(crashes); i++)
		if (!strcmp(crashes[i].kind, words[1])) {
			crashes[i].crash();
			return monitor_error("there was no fault");
		}
	console_print("crash");
	for (uint32_t i = 0; i < ARRAY_SIZE(crashes); i++)
		console_print(" %s", crashes[i].kind);
	console_print("\n");
	return n == 1 ? true : monitor_error("one of these");
}
