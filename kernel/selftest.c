/* SPDX-License-Identifier: MIT */
/*
 * selftest.c - the option `selftest`: checks the boot's promises on the running machine. Takes
 * faults on purpose, under trap_try. Runs after the report; overwrites free memory.
 */
#include "kernel/selftest.h"
#include "lib/console/console.h"
#include "lib/print.h"

#define WHY_MAX	96

static const struct {
	const char *name;
	const char *(*run)(struct kernel *k);
} checks[] = {
	{ "checksum", check_checksum },
	{ "relocations", check_relocations },
	{ "bss zero", check_bss },
	{ "memory map", check_map },
	{ "free memory apart", check_free },
	{ "no page both writable and executable", check_wx },
	{ "reserved memory uncached", check_uncached },
	{ "guard pages unmapped", check_guard_pages },
	{ "stack overflow faults", check_guard },
	{ "text and constants read-only", check_readonly },
	{ "data not executable", check_noexec },
	{ "registers survive a breakpoint", check_breakpoint },
	{ "trap_try nests", check_nesting },
	{ "protections in force", check_guards },
	{ "guard pages below the handlers' stacks", check_trap_stacks },
	{ "clock goes on", check_clock },
	{ "timers in order, not early, not cancelled ones", check_timers },
	{ "ticks until cancelled", check_ticks },
	{ "sleep", check_sleep },
	{ "free memory keeps what is written", check_write },
	{ "pages of all orders", check_pages },
	{ "a large page is divided", check_split },
	{ "a page is mapped, protected, unmapped", check_remap },
	{ "text cannot be changed", check_fixed },
	{ "guards and windows", check_area },
	{ "heap", check_heap },
	{ "each CPU is called", check_calls },
	{ "protections and guard pages on each CPU", check_every_guard },
	{ "an unmapped page is gone on each CPU", check_shootdown },
	{ "each CPU's timer", check_alarms },
	{ "work on the other CPUs", check_work },
};

static char why[WHY_MAX];

const char *selftest_why(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vformat(why, sizeof(why), fmt, ap);
	va_end(ap);
	return why;
}

bool selftest_run(struct kernel *k)
{
	uint32_t failed = 0;

	for (uint32_t i = 0; i < ARRAY_SIZE(checks); i++) {
		const char *reason = checks[i].run(k);

		if (reason) {
			console_print("selftest: %s: FAILED %s\n", checks[i].name, reason);
			failed++;
		} else {
			console_print("selftest: %s: ok\n", checks[i].name);
		}
	}
	console_print("%u passed, %u failed\n", (uint32_t)ARRAY_SIZE(checks) - failed, failed);
	return !failed;
}
