/* SPDX-License-Identifier: MIT */
/*
 * memtest.c - see memtest.h. Progress is one line, which ends in "%" and is overwritten by the next
 * one.
 */
#include "memtest.h"
#include "kernel/again.h"
#include "kernel/cpu/call.h"
#include "kernel/dev/input.h"
#include "kernel/mm/page.h"
#include "kernel/monitor/monitor.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"
#include "memory.h"
#include "run.h"

#define ERRORS_SHOWN	32
#define RANGES_SHOWN	64

static NOINIT struct {
	struct memtest test;
	struct memtest_memory memory;
	uint32_t shown;			/* the progress last shown, of 1000 */
	uint32_t cpus;			/* how many CPUs took part */
	char cmdline[AGAIN_CMDLINE];
} state;

/* If a CPU stops answering, it may use `work` and the memory later: this is the last test then. */
static struct cpu_work work;
static bool lost;

/*
 * Call fn(arg) on each idle CPU and on this one, and wait for all. If one of them does not answer
 * any more, the test ends when the others have done their part.
 */
static void everywhere(void (*fn)(void *), void *arg)
{
	bool begun;

	work = (struct cpu_work){ .fn = fn, .arg = arg };
	for (uint32_t i = 0; i < cpu_count(); i++) {
		const struct cpu *c = cpu_at(i);

		if (!c || !c->idles || c->silent || c == cpu_this())
			continue;
		cpu_mask_set(&work.on, i);
	}
	begun = cpu_work(&work);
	state.cpus = 1 + (begun ? cpu_mask_count(&work.on) : 0);
	fn(arg);
	if (begun && !cpu_work_wait(&work))
		state.test.stop = lost = true;
}

static bool unfinished(void)
{
	return lost && !monitor_error(CPU_WORK_UNFINISHED);
}

static void pages_flush(void *unused)
{
	(void)unused;
	page_cpu_flush();
}

static void turn(struct memtest *t)
{
	const uint32_t now = memtest_progress(t);

	if (cpu_this() != cpu_boot())
		return;
	if (input_byte() != INPUT_NONE)
		t->stop = true;
	if (now / 10 == state.shown / 10 || !lock_try(&t->lock))
		return;
	state.shown = now;
	console_print("\rmemtest: round %llu of %llu: %-14s %3u %%", LL(t->round + 1),
		      LL(t->rounds), pattern_name(t->pass), now / 10);
	lock_release(&t->lock);
}

static void report(const struct memtest *t, uint64_t pa, uint64_t want, uint64_t got,
		   const char *what)
{
	if (t->errors > ERRORS_SHOWN)
		return;
	if (what)
		console_print("\rmemtest: error at 0x%llx: %s\n", LL(pa), what);
	else
		console_print("\rmemtest: error at 0x%llx: bits 0x%llx, 0x%llx instead of 0x%llx; "
			      "%s\n", LL(pa), LL(want ^ got), LL(got), LL(want),
			      pattern_name(t->pass ? t->pass - 1 : 0));
	if (t->errors == ERRORS_SHOWN)
		console_print("memtest: more errors are only counted\n");
}

static void ranges_print(const struct ranges *l, const char *what)
{
	for (uint32_t i = 0; i < MIN(l->n, RANGES_SHOWN); i++)
		console_print("memtest: %s: 0x%llx 0x%llx\n", what, LL(l->range[i].base),
			      LL(l->range[i].size));
	if (l->n > RANGES_SHOWN)
		console_print("memtest: %s: and %u more\n", what, l->n - RANGES_SHOWN);
}

/* Print how much RAM is not tested because it is not free for the kernel to use. */
static void others_print(const struct kernel *k, uint64_t low)
{
	static const uint32_t ram = MEMORY_TYPE(ACPI) | MEMORY_TYPE(MODULE) | MEMORY_TYPE(NVS) |
				    MEMORY_TYPE(RUNTIME_CODE) | MEMORY_TYPE(RUNTIME_DATA);
	uint64_t sums[BOOT_MEM_TYPES] = { 0 };

	for (uint32_t i = 0; i < k->memory.n; i++)
		if (ram >> k->memory.map[i].type & 1)
			sums[k->memory.map[i].type] += k->memory.map[i].size;
	if (low)
		console_print("memtest: not tested: %llu KiB below 1 MiB\n", LL(low / KIB));
	for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++)
		if (sums[t])
			console_print("memtest: not tested: %llu KiB %s\n", LL(sums[t] / KIB),
				      memory_type_name(t));
}

/* Make the command line for a run at `place` that continues the test. False: too long. */
static bool next_cmdline(const struct kernel *k, uint64_t place, uint64_t rounds, struct word rest)
{
	static const char changed[][AGAIN_NAME] = { "place", "memtest", "run", "" };
	struct memtest_left left = { .run = MAX(k->options.left.run, 1) + 1 };
	char option[MEMTEST_TEXT];
	int n;

	left.n = state.memory.left.n;
	memcpy(left.range, state.memory.left.range, left.n * sizeof(left.range[0]));
	left_write(&left, option);
	n = text_format(state.cmdline, AGAIN_CMDLINE, "place=0x%llx %s run=\"memtest %llu;%.*s\"",
			LL(place), option, LL(rounds), (int)rest.len, rest.text);
	return again_words(state.cmdline, n, k->cmdline, changed);
}

/* Restart at another place if that makes more memory testable. Returns if it does not. */
static void move(struct kernel *k, uint64_t rounds, struct word rest)
{
	const char *why = "no other place for the kernel";
	uint64_t place;

	if (!state.memory.left.n || k->options.left.run >= MEMTEST_RUNS)
		return;
	if (k->bi->flags & BOOT_SECURE_BOOT) {
		console_print("memtest: Secure Boot is on: the kernel does not move\n");
		return;
	}
	place = memory_place(k, &state.memory);
	for (uint32_t i = 0; i < rest.len; i++)
		if (rest.text[i] == '"')	/* cannot be quoted within run="..." */
			place = 0;
	if (place && next_cmdline(k, place, rounds, rest))
		why = again_with(k, state.cmdline);
	console_print("memtest: %s\n", why);
}

/* Print what this run did. */
static void work_print(const struct memtest *t, uint64_t begun)
{
	const uint64_t ms = (clock_now() - begun) / NS_PER_MS;

	console_print("\nmemtest: %llu KiB in %llu.%03llu s by %u CPUs\n",
		      LL(ranges_size(t->memory) / KIB), LL(ms / 1000), LL(ms % 1000),
		      state.cpus);
}

static void result(const struct memtest *t, bool whole, bool part)
{
	const struct memtest_memory *m = &state.memory;
	const uint64_t size = part ? ranges_size(&m->tested) :
			      m->all - m->low - m->missed;

	console_print("memtest: %s: %llu of %llu KiB, %llu rounds, %llu errors\n",
		      !whole ? "stopped" : t->errors ? "FAILED" : "ok",
		      LL(size / KIB), LL(m->all / KIB),
		      LL(t->rounds), LL(t->errors));
	if (t->errors)
		console_print("memtest: errors from 0x%llx to 0x%llx, bits 0x%llx\n", LL(t->low),
			      LL(t->high), LL(t->bits));
}

bool memtest_command(struct kernel *k, uint64_t rounds, const struct boot_range *range,
		     struct word rest)
{
	const struct memtest_left *left = &k->options.left;
	const uint64_t begun = clock_now();
	struct memtest *t = &state.test;
	bool whole;

	if (unfinished())
		return false;
	*t = (struct memtest){
		.memory = &state.memory.tested, .offset = k->bi->direct_map, .rounds = rounds,
		.seed = arch_counter(), .everywhere = everywhere, .turn = turn, .report = report,
	};
	state.shown = 1000;
	everywhere(pages_flush, NULL);
	if (unfinished())
		return false;
	if (!(range->size ? memory_take(k, range, 1, &state.memory) :
			    memory_take(k, left->range, left->n, &state.memory)))
		return monitor_error("no memory for the list of memory");
	if (range->size && !state.memory.tested.n) {
		memory_return(k, &state.memory);
		return monitor_error("none of it is free");
	}
	ranges_print(&state.memory.tested, "tests");
	whole = memtest_run(t);
	work_print(t, begun);
	if (unfinished())
		return false;		/* what it may still write to is not given back */
	memory_return(k, &state.memory);
	ranges_print(&state.memory.left, "left");
	if (whole && !t->errors && !range->size)
		move(k, rounds, rest);
	others_print(k, state.memory.low);
	result(t, whole, range->size);
	return whole && !t->errors;
}
