/* SPDX-License-Identifier: MIT */
/* options.c - the kernel's own options. Pure except for the warnings. */
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/words.h"
#include "kernel/again.h"

#define SHOWN_MAX	128u	/* of a word in a warning */

/* N or N:any; false if it is neither. */
static bool read_times(struct word v, struct again_option *out)
{
	static const char any[] = ":any";
	const size_t len = sizeof(any) - 1;
	uint64_t n;

	out->any = v.len > len && !memcmp(v.text + v.len - len, any, len);
	if (!text_number(v.text, v.text + v.len - (out->any ? len : 0), &n) || n > UINT32_MAX)
		return false;
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
 * Which of the kernel's own messages the serial port and the screen show: those below N, which is 0
 * to 8. They are 3 errors, 4 warnings, 5 notices, 6 what was found, 7 each stage. Default: 7, and 5
 * on the screen, where the boot screen has the rest. Panics, the monitor's answers and results of
 * tests are always shown; the log keeps everything.
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
 * Fail on purpose after the report: `break` at a breakpoint, `execute` data, in the `handler` of an
 * expected exception, `jump` to nowhere, `panic`, `read` from nowhere, `smash` the stack, exhaust
 * the `stack`, write to `text`, at an `undefined` instruction, `write` to nowhere.
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

void options_read(const char *text, struct kernel_options *out)
{
	struct word w, v;

	*out = (struct kernel_options){
		.serial_limit = CONSOLE_INFO, .screen_limit = CONSOLE_WARNING,
	};
	while (word_next(&text, &w)) {
		if (word_is(w, "selftest"))
			out->selftest = true;
		else if (word_is(w, "poweroff"))
			out->poweroff = true;
		else if (word_is(w, "panic"))
			out->panic = true;
		else if (word_is(w, "return"))
			out->leave = true;
		else if (word_value(w, "crash", &v))
			out->crash = crash_named(v);
		else if (word_is(w, "idle"))
			out->idle = true;
		else if (word_value(w, "run", &v))
			out->run = v;
		else if (word_is(w, "quiet"))
			out->serial_limit = out->screen_limit = CONSOLE_ERROR;
		else if (word_is(w, "debug"))
			out->serial_limit = out->screen_limit = CONSOLE_DEBUG;
		else if (word_value(w, "loglevel", &v))
			(void)read_level(v, out);
		else if (word_value(w, "cpus", &v))
			out->cpus = read_cpus(v);
		else if (word_is(w, "again"))
			out->again.once = true;
		else if (word_value(w, "again", &v))
			(void)read_times(v, &out->again);
		else if (word_value(w, "memtest", &v))
			(void)left_read(v, &out->left);
		else if (word_value(w, "panic", &v))
			out->panic_again = read_panics(v);
		else if (word_value(w, "fault", &v))
			out->fault = stage_named(v.text, v.len);
	}
	out->again.rest = text;			/* after "--", or nothing */
}

/* Whether the value of a kernel option is valid. *ours: w is such an option. */
static bool value_good(struct word w, bool *ours)
{
	struct kernel_options o = { 0 };
	struct word v;

	*ours = true;
	if (word_value(w, "again", &v))
		return read_times(v, &o.again);
	if (word_value(w, "memtest", &v))
		return left_read(v, &o.left);
	if (word_value(w, "panic", &v))
		return read_panics(v);
	if (word_value(w, "cpus", &v))
		return read_cpus(v);
	if (word_value(w, "fault", &v))
		return stage_named(v.text, v.len);
	if (word_value(w, "crash", &v))
		return crash_named(v);
	if (word_value(w, "loglevel", &v))
		return read_level(v, &o);
	*ours = false;
	return false;
}

/* Whether the stub or the kernel knows w. The stub has checked the values of its own options. */
static bool word_known(struct word w)
{
	static const char alone[][9] = {
		"selftest", "poweroff", "panic", "return", "idle", "again", "debug",
		"earlycon", "quiet",
	};
	static const char valued[][11] = {
		"mmu", "place", "initrd", "module", "video", "el",
		"earlycon", "run", "BOOT_IMAGE",
	};
	struct word v;

	for (uint32_t i = 0; i < ARRAY_SIZE(alone); i++)
		if (word_is(w, alone[i]))
			return true;
	for (uint32_t i = 0; i < ARRAY_SIZE(valued); i++)
		if (word_value(w, valued[i], &v))
			return true;
	return false;
}

void options_warn(const char *text)
{
	struct word w;
	bool ours;

	while (word_next(&text, &w))
		if (!value_good(w, &ours) && !word_known(w))
			console_warn("%s \"%.*s\" ignored\n",
				     ours ? "bad value:" : "unknown option",
				     (int)MIN(w.len, SHOWN_MAX), w.text);
}
