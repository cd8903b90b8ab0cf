/* SPDX-License-Identifier: MIT */
/*
 * previous.c - reports how far the previous boot got. RAM usually survives a warm reset, and arenas
 * begin at multiples of 2 MiB; only the first 32 GiB of free memory are searched. Runs before
 * anything is written to free memory.
 */
#include "lib/console/console.h"
#include "kernel/kernel.h"
#include "kernel/log.h"

#define PROBE_STEP	(2 * MIB)
#define PROBES_MAX	16384u
#define PROBES_TURN	8	/* in a turn of the loop */
#define LOG_LINES	24	/* of the last boot's log */
#define LOG_WIDTH	128

/* Whether crumbs may begin at one of PROBES_TURN places from `c` on. */
static bool trail_near(const struct crumbs *c)
{
#pragma clang loop unroll(full)
	for (uint32_t i = 0; i < PROBES_TURN; i++)
		if (((const struct crumbs *)((uint64_t)c + i * PROBE_STEP))->magic == CRUMB_MAGIC)
			return true;
	return false;
}

static bool trail_sane(const struct crumbs *c)
{
	return c->magic == CRUMB_MAGIC && c != crumb_trail && c->stage < CRUMB_STAGES &&
	       c->faulted <= 1 && c->time[CRUMB_ENTRY] != 0;
}

/* Print text from memory that may be garbage, up to a NUL. */
static void print_text(const char *text, uint32_t size)
{
	for (uint32_t i = 0; i < size && text[i]; i++)
		console_write(text[i] < ' ' || text[i] > '~' ? "?" : &text[i], 1);
	console_print("\n");
}

/* Print the panic's message, and the log before it. */
static void trail_panic(const struct crumbs *c)
{
	const struct log *log = (const struct log *)((uint64_t)c + LOG_OFFSET);
	const uint64_t end = log->written;
	uint64_t at = log_tail(log, LOG_LINES);
	char line[LOG_WIDTH];

	if (c->text[0]) {
		console_print("boot: previous: panicked: ");
		print_text(c->text, CRUMB_TEXT);
	}
	console.level = CONSOLE_INFO;
	while (at < end) {
		const uint32_t n = log_line(log, &at, line, sizeof(line));

		console_print("boot: previous: log: %.*s\n", (int)n, line);
	}
}

static void trail_report(struct crumbs *c)
{
	const bool ours = c->kernel == STAGE_MARK;
	char number[CRUMB_LABEL];

	c->magic = 0;			/* report it once */
	if (ours && (c->stage == STAGE_OFF || c->stage == STAGE_AGAIN) && !c->faulted)
		return;
	console.level = CONSOLE_WARNING;
	if (ours || c->stage < CRUMB_KERNEL)
		console_print("boot: previous: reached %s", crumb_label(c->stage, number));
	else				/* another kernel's stages have other names */
		console_print("boot: previous: reached %u", c->stage);
	if (c->fault_pc || c->fault_cause)
		console_print(", fault at link 0x%llx cause 0x%llx address 0x%llx",
			      LL(c->fault_pc), LL(c->fault_cause), LL(c->fault_address));
	console_print("\n");
	if (c->faulted)
		trail_panic(c);
	console.level = CONSOLE_INFO;
}

/* Under trap_try, as the search may read unmapped memory. */
static void trail_search(void *cookie)
{
	const struct memory *m = cookie;
	struct boot_range r;
	const uint64_t last = m->bi->previous;
	uint64_t left = PROBES_MAX;

	if (last && trail_sane(memory_at(m, last)))	/* wherever it is */
		trail_report(memory_at(m, last));
	for (uint32_t i = 0; left && memory_free_next(m, &i, &r);) {
		const uint64_t at = ALIGN_UP(MAX(r.base, 1), PROBE_STEP);
		const uint64_t end = r.base + r.size;
		uint64_t n = at < end ? MIN((end - at + PROBE_STEP - 1) / PROBE_STEP, left) : 0;
		struct crumbs *c = memory_at(m, at);

		left -= n;
		while (n) {
			const uint64_t turn = n < PROBES_TURN || trail_near(c) ? 1 : PROBES_TURN;

			if (turn == 1 && trail_sane(c))
				trail_report(c);
			c = (struct crumbs *)((uint64_t)c + turn * PROBE_STEP);
			n -= turn;
		}
	}
}

void previous_report(const struct kernel *k)
{
	struct memory memory = k->memory;
	struct trap_info fault;

	if (!trap_try(trail_search, &memory, &fault))
		console_print("boot: previous: unknown, memory at 0x%llx is not mapped\n",
			      LL(fault.address));
}
