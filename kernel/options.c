/* SPDX-License-Identifier: MIT */
/* options.c - the kernel's own options. Pure except for the warnings. */
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/words.h"
#include "kernel/again.h"
#include "kernel/quote.h"

#define SHOWN_MAX	128u	/* of a word in a warning */

/* N or N:any; false if it is neither. */
static bool read_times(struct word v, struct again_option *out)
{
	static const char any[] = ":any";
	const size_t len = sizeof(any) - 1;
	const bool ends = v.len > len && !memcmp(v.text + v.len - len, any, len);
	uint64_t n;

	if (!text_number(v.text, v.text + v.len - (ends ? len : 0), &n) || n > UINT32_MAX)
		return false;
	out->any = ends;
	out->times = (uint32_t)n;
	return true;
}

/* The number of panics in the value `again` or `again:N`; 0 if it is neither. */
static uint32_t read_panics(struct word v)
{
	static const char name[] = "again:";
	const size_t len = sizeof(name) - 1;
	uint64_t n;

	if (word_is(v, "again"))
		return AGAIN_PANICS;
	if (v.len <= len || memcmp(v.text, name, len) ||
	    !text_number(v.text + len, v.text + v.len, &n) || n > UINT32_MAX)
		return 0;
	return (uint32_t)n;
}

/* A number from 1 to UINT32_MAX; 0 if the value is anything else. */
static uint32_t read_cpus(struct word v)
{
	uint64_t n;

	return text_number(v.text, v.text + v.len, &n) && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/*
 * A number from 0 to 8, as Linux has it: messages below it are shown; answers and panics always
 * are.
 */
static bool read_level(struct word v, struct kernel_options *out)
{
	uint64_t n;

	if (!text_number(v.text, v.text + v.len, &n) || n > CONSOLE_DEBUG + 1)
		return false;
	out->serial_limit = out->screen_limit = n ? (uint32_t)n - 1 : CONSOLE_ALWAYS;
	return true;
}

/*: selftest
 * Check on the running machine that the boot keeps its promises.
 */
/*: poweroff
 * Switch off after the report.
 */
/*: panic
 * Panic on purpose after the report.
 */
/*: idle
 * Halt after the report instead of starting the monitor.
 */
/*: run=COMMANDS
 * Commands of the monitor to run after the report: `run="mem; pt; poweroff"`.
 */
/*: panic=again[:N]
 * Boot once more, without firmware and with the same command line, instead of halting after a
 * panic; at most N times in all, by default 3.
 */
/*: again
 * Boot once more after the report, without firmware, with what follows `--` as the command line.
 */
/*: again=N[:any]
 * The same N times, with this command line; with `:any` each time in a random regime.
 */
/*: loglevel=N
 * Which of the kernel's own messages the serial port and the screen show: those of a level below N,
 * 0 to 8. Levels: 3 errors, 4 warnings, 5 notices, 6 what was found, 7 each stage. Default: 7, and
 * 5 on the screen, where the boot screen shows the rest. Panics, the monitor's answers and results
 * of tests are always shown; the log keeps the last 2,544 bytes, of all levels.
 */
/*: quiet
 * `loglevel=4`: nothing but errors.
 */
/*: debug
 * `loglevel=8`: everything. The stub reads this word as well.
 */
/*: cpus=N
 * Start other CPUs only until N run; `cpus=1`: none.
 */
/*: return
 * Return from `kernel_main`, which also panics.
 */
/*: memtest=RUN,BASE-END[,BASE-END...]
 * Written by the command `memtest` for the kernel's next run: memory to test and not to use.
 */
/*: crash=KIND
 * Fail on purpose after the report: `break` at a breakpoint, `execute` data, fault in the `handler`
 * of an expected exception, `jump` to nowhere, `panic`, `read` from nowhere, `smash` the stack,
 * exhaust the `stack`, write to `text`, run an `undefined` instruction, `write` to nowhere.
 */
const char *crash_name(enum crash_kind kind)
{
	static const char name[CRASH_KINDS][10] = {
		"", "break", "execute", "handler", "jump", "panic", "read", "smash", "stack",
		"text", "undefined", "write",
	};

	return name[kind];
}

enum crash_kind crash_named(struct word w)
{
	for (enum crash_kind kind = CRASH_BREAK; kind < CRASH_KINDS; kind++)
		if (word_is(w, crash_name(kind)))
			return kind;
	return CRASH_NONE;
}

enum outcome { NOT_OURS, BAD, GOOD };

/*
 * Take the word into *out if it is an option of the kernel's own. BAD: a value it cannot have;
 * *out is unchanged.
 */
static enum outcome option_read(struct word w, struct kernel_options *out)
{
	uint32_t *number = NULL, n = 0;	/* 0: a bad value */
	bool good = true;
	struct word v;

	if (word_is(w, "selftest"))
		out->selftest = true;
	else if (word_is(w, "poweroff"))
		out->poweroff = true;
	else if (word_is(w, "panic"))
		out->panic = true;
	else if (word_is(w, "return"))
		out->leave = true;
	else if (word_value(w, "crash", &v))
		number = &out->crash, n = crash_named(v);
	else if (word_is(w, "idle"))
		out->idle = true;
	else if (word_value(w, "run", &v))
		out->run = v;
	else if (word_is(w, "quiet"))
		out->serial_limit = out->screen_limit = CONSOLE_ERROR;
	else if (word_is(w, "debug"))
		out->serial_limit = out->screen_limit = CONSOLE_DEBUG;
	else if (word_value(w, "loglevel", &v))
		good = read_level(v, out);
	else if (word_value(w, "cpus", &v))
		number = &out->cpus, n = read_cpus(v);
	else if (word_is(w, "again"))
		out->again.once = true;
	else if (word_value(w, "again", &v))
		good = read_times(v, &out->again);
	else if (word_value(w, "memtest", &v))
		good = left_read(v, &out->left);
	else if (word_value(w, "panic", &v))
		number = &out->panic_again, n = read_panics(v);
	else if (word_value(w, "fault", &v))
		number = &out->fault, n = stage_named(v.text, v.len);
	else
		return NOT_OURS;
	if (number && n)
		*number = n;
	return good && (!number || n) ? GOOD : BAD;
}

void options_read(const char *text, struct kernel_options *out)
{
	struct word w;

	*out = (struct kernel_options){
		.serial_limit = CONSOLE_INFO, .screen_limit = CONSOLE_WARNING,
	};
	while (word_next(&text, &w))
		(void)option_read(w, out);
	out->again.rest = text;			/* after "--", or nothing */
}

/* Whether w is an option of the stub, which has checked its value, or is added by a loader. */
static bool option_of_stub(struct word w)
{
	static const char valued[][11] = {
		"mmu", "place", "initrd", "module", "video", "el", "earlycon", "BOOT_IMAGE",
	};
	struct word v;

	if (ARCH_MODES && word_value(w, "levels", &v))
		return true;
	for (uint32_t i = 0; i < ARRAY_SIZE(valued); i++)
		if (word_value(w, valued[i], &v))
			return true;
	return word_is(w, "earlycon");
}

void options_warn(const char *text)
{
	struct kernel_options o = { 0 };
	struct word w;

	while (word_next(&text, &w)) {
		const enum outcome what = option_read(w, &o);
		const uint32_t n = MIN(w.len, SHOWN_MAX);
		char shown[SHOWN_MAX];

		if (what == GOOD || (what == NOT_OURS && option_of_stub(w)))
			continue;
		for (uint32_t i = 0; i < n; i++)
			shown[i] = quote_char(w.text[i]);
		console_warn("%s \"%.*s\" ignored\n",
			     what == BAD ? "bad value:" : "unknown option", (int)n, shown);
	}
}
