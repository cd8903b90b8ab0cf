/* SPDX-License-Identifier: MIT */
/*
 * selftest.c - the option `selftest`: checks the boot's promises on the running machine. Takes
 * faults on purpose, under trap_try. Runs after the report; overwrites free memory.
 */
#include "kernel/selftest.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"

#define WHY_MAX	96

/* X(what follows check_, its name); no pointers, which would need relocation */
#define CHECKS(X) \
	X(checksum, "checksum") \
	X(relocations, "relocations") \
	X(bss, "bss zero") \
	X(map, "memory map") \
	X(free, "memory in use not free") \
	X(wx, "no page both writable and executable") \
	X(uncached, "reserved memory uncached") \
	X(guard_pages, "guard pages unmapped") \
	X(guard, "stack overflow faults") \
	X(readonly, "text and constants read-only") \
	X(noexec, "data not executable") \
	X(breakpoint, "registers survive a breakpoint") \
	X(nesting, "trap_try nests") \
	X(guards, "protections in force") \
	X(trap_stacks, "guard pages below the handlers' stacks") \
	X(clock, "clock advances") \
	X(timers, "timers in order, none early or cancelled") \
	X(ticks, "ticks until cancelled") \
	X(sleep, "sleep") \
	X(write, "free memory keeps what is written") \
	X(pages, "pages of all orders") \
	X(split, "a large page is split") \
	X(remap, "a page is mapped, protected, unmapped") \
	X(fixed, "text cannot be changed") \
	X(area, "guards and windows") \
	X(heap, "heap") \
	X(calls, "each CPU is called") \
	X(every_guard, "protections and guard pages on each CPU") \
	X(shootdown, "an unmapped page is gone on each CPU") \
	X(alarms, "each CPU's timer") \
	X(work, "work on the other CPUs") \
	X(turns, "CPUs print whole lines")

#define NUMBER(check, name)	NUMBER_##check,
#define NAME(check, name)	name "\0"
#define RUN(check, name)	case NUMBER_##check: return check_##check(k);

enum { CHECKS(NUMBER) CHECKS_COUNT };

static char why[WHY_MAX];

const char *selftest_why(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vformat(why, sizeof(why), fmt, ap);
	va_end(ap);
	return why;
}

static const char *check_run(struct kernel *k, uint32_t number)
{
	switch (number) {
		CHECKS(RUN)
	default:
		return NULL;
	}
}

bool selftest_run(struct kernel *k)
{
	static const char names[] = CHECKS(NAME);
	const char *name = names;
	uint32_t failed = 0;

	for (uint32_t i = 0; i < CHECKS_COUNT; i++, name += strlen(name) + 1) {
		const char *reason = check_run(k, i);

		if (reason) {
			console_print("selftest: %s: FAILED %s\n", name, reason);
			failed++;
		} else {
			console_print("selftest: %s: ok\n", name);
		}
	}
	console_print("%u passed, %u failed\n", CHECKS_COUNT - failed, failed);
	return !failed;
}
