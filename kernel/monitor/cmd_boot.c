/* SPDX-License-Identifier: MIT */
/* cmd_boot.c - how this boot went, and the end of it: info, timeline, selftest, poweroff, crash. */
#include "monitor.h"
#include "kernel/bars.h"
#include "kernel/cpu/call.h"
#include "lib/console/console.h"
#include "lib/string.h"

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

bool command_reboot(struct kernel *k, uint32_t n, char **words)
{
	const char *how = n == 2 ? words[1] : NULL;

	if (!reboot(k, how))
		return monitor_error("\"%s\" is not efi, acpi or cpu", how);
	return monitor_error(how ? "the machine did not restart" : "no way to restart it");
}

bool command_poweroff(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	poweroff(k);
}

bool command_timeline(struct kernel *k, uint32_t n, char **words)
{
	(void)n;
	(void)words;
	timeline_bars(k->bi->counter_hz, true);
	return true;
}

static void crash_here(void *arg)
{
	crash_run(*(const enum crash_kind *)arg);
}

/* Crash in an interrupt handler, on the CPU that `word` names. */
static bool crash_there(enum crash_kind kind, const char *word)
{
	uint64_t index;

	if (!monitor_number(word, &index))
		return false;
	if (index >= cpu_count() || !cpu_call_one((uint32_t)index, crash_here, &kind))
		return monitor_error("there is no CPU %llu", LL(index));
	return monitor_error("there was no fault");
}

bool command_crash(struct kernel *k, uint32_t n, char **words)
{
	const enum crash_kind kind = n > 1 ?
		crash_named((struct word){ words[1], (uint32_t)strlen(words[1]) }) : CRASH_NONE;

	(void)k;
	if (kind != CRASH_NONE && n == 3)
		return crash_there(kind, words[2]);
	if (kind != CRASH_NONE) {
		crash_run(kind);
		return monitor_error("there was no fault");
	}
	console_print("crash");
	for (enum crash_kind i = CRASH_BREAK; i < CRASH_KINDS; i++)
		console_print(" %s", crash_name(i));
	console_print("\n");
	return n == 1 ? true : monitor_error("one of these");
}
