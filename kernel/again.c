/* SPDX-License-Identifier: MIT */
/*
 * again.c - see again.h. The next command line is what follows "--" (again), or this one with a
 * smaller number (again=N).
 */
#include "kernel/again.h"
#include "kernel/cpu/stop.h"
#include "kernel/quote.h"
#include "include/stubborn/kernel.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/wants.h"
#include "lib/words.h"

static struct kernel *panicked;		/* what panic=again works on */
static NOINIT char next[AGAIN_CMDLINE];

/*
 * Quiet everything but this CPU, so that nothing else changes memory: stop the other CPUs and turn
 * interrupts off. A driver whose device writes to memory has to stop it here. Also called in a
 * panic, so it must not wait for ever.
 */
static void again_quiet(void)
{
	(void)cpus_stop();
	arch_irq_off();
}

/* Returns why not. */
static const char *leave(struct kernel *k, const char *cmdline)
{
	const char *why;

	while (*cmdline == ' ')
		cmdline++;
	console_print("boot: again: ");
	quote_print(cmdline, strlen(cmdline));
	why = stub_again_prepare(k->bi, cmdline, strlen(cmdline));
	if (!why) {
		again_quiet();
		why = stub_again_leave(k->bi);
	}
	return why;
}

const char *again_with(struct kernel *k, const char *cmdline)
{
	const uint32_t before = crumb_trail->stage;
	const char *why;

	kernel_stage(k, STAGE_AGAIN);
	why = leave(k, cmdline);
	stage_undo(before);
	return why;
}

/* A regime by chance: the counter is random enough. */
static const char *some_regime(void)
{
	static const char name[][9] = { "identity", "mapped", "off" };
	const bool off = arch_regime_ok(BOOT_MMU_OFF);
	const uint64_t pick = (arch_counter() * 0x9e3779b97f4a7c15ull) >> 32;

	return name[pick % (off ? 3 : 2)];
}

static bool is_option(struct word w, const char (*name)[AGAIN_NAME])
{
	struct word v;

	for (; **name; name++)
		if (word_value(w, *name, &v))
			return true;
	return false;
}

bool again_words(char *text, int n, const char *cmdline, const char (*except)[AGAIN_NAME])
{
	struct word w;

	while (n < AGAIN_CMDLINE && word_next(&cmdline, &w))
		if (!is_option(w, except))
			n += text_format(text + n, AGAIN_CMDLINE - (size_t)n, " %.*s", (int)w.len,
					 w.text);
	if (n < AGAIN_CMDLINE && *cmdline)
		n += text_format(text + n, AGAIN_CMDLINE - (size_t)n, " --%s", cmdline);
	return n < AGAIN_CMDLINE;
}

/* This command line with again=N-1 instead of again=N and, with :any, another `mmu=`. */
static bool next_counted(const struct kernel *k)
{
	static const char always[][AGAIN_NAME] = { "again", "" };
	static const char any[][AGAIN_NAME] = { "again", "mmu", "" };
	const struct again_option *o = &k->options.again;
	int n = text_format(next, sizeof(next), "again=%u%s", o->times - 1, o->any ? ":any" : "");

	if (o->any)
		n += text_format(next + n, sizeof(next) - (size_t)n, " mmu=%s", some_regime());
	return again_words(next, n, k->cmdline, o->any ? any : always);
}

/* It was asked for, so `quiet` does not hide it. */
static void refused(const char *why)
{
	const bool turn = console_turn_take();		/* for the level, too */
	const uint32_t level = console_as(CONSOLE_ERROR);

	console_print("%.*s: error: again: %s\n", WANTS_NAME, wants_name(), why);
	console_as(level);
	console_turn_give(turn);
}

void again_run(struct kernel *k)
{
	const struct again_option *o = &k->options.again;
	const char *why = "the command line is too long";

	if (!o->times && !o->once)
		return;
	if (!o->times)
		why = again_with(k, o->rest);
	else if (next_counted(k))
		why = again_with(k, next);
	refused(why);
}

static void panic_leave(void)
{
	/* no stage begins: the panic's stays recorded */
	refused(leave(panicked, panicked->cmdline));
}

/* For panic_last: boot again instead of halting, at most as often as the command line allows. */
static void again_panic(void)
{
	if (crumb_trail->panics < panicked->options.panic_again)
		cpus_leave(panic_leave);
}

void again_start(struct kernel *k)
{
	panicked = k;
	if (k->options.panic_again)
		panic_last = again_panic;
}
