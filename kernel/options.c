/* SPDX-License-Identifier: MIT */
/* options.c - the kernel's own options. Pure except for the warnings. */
#include "lib/console/console.h"
#include "lib/words.h"
#include "kernel/kernel.h"

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
/*: return
 * Return from `kernel_main`, which also panics.
 */
/*: crash=break|execute|handler|smash|stack
 * Fail on purpose after the report: at a breakpoint; by executing data; by a fault in the handler
 * of an expected one; by a write beyond a function's variables; by endless recursion.
 */
static enum crash_kind crash_named(struct word w)
{
	static const char name[][8] = {
		[CRASH_BREAK] = "break", [CRASH_EXECUTE] = "execute",
		[CRASH_HANDLER] = "handler", [CRASH_SMASH] = "smash",
		[CRASH_STACK] = "stack",
	};

	for (uint32_t i = CRASH_BREAK; i < ARRAY_SIZE(name); i++)
		if (word_is(w, name[i]))
			return i;
	return CRASH_NONE;
}

void options_read(const char *text, struct kernel_options *out)
{
	struct word w, v;

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
		else if (word_value(w, "fault", &v))
			out->fault = stage_named(v.text, v.len);
	}
}

/* The stub has checked the values. */
static bool word_known(struct word w)
{
	static const char alone[][9] = {
		"selftest", "poweroff", "panic", "return", "idle", "debug",
		"earlycon",
	};
	static const char valued[][11] = {
		"mmu", "place", "initrd", "module", "video", "el",
		"earlycon", "run", "BOOT_IMAGE",
	};
	struct word v;

	if (word_value(w, "fault", &v))
		return stage_named(v.text, v.len);
	if (word_value(w, "crash", &v))
		return crash_named(v);
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

	while (word_next(&text, &w)) {
		if (word_known(w))
			continue;
		console_print("stubborn: warning: unknown option \"");
		console_write(w.text, w.len);
		console_print("\" ignored\n");
	}
}
