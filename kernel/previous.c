/* SPDX-License-Identifier: MIT */
/*
 * previous.c - reports how far the previous boot got. RAM usually survives a warm reset, and arenas
 * begin at multiples of 2 MiB. Runs before anything is written to free memory.
 */
#include "lib/console/console.h"
#include "lib/image.h"
#include "kernel/kernel.h"

#define PROBES_MAX	16384u

static bool trail_sane(const struct crumbs *c)
{
	return c->magic == CRUMB_MAGIC && c != crumb_trail && c->stage < CRUMB_STAGES &&
	       c->faulted <= 1 && c->time[CRUMB_ENTRY] != 0;
}

static void trail_report(struct crumbs *c)
{
	const bool ours = c->kernel == STAGE_MARK;
	char number[CRUMB_LABEL];

	c->magic = 0;			/* report it once */
	if (ours && c->stage == STAGE_OFF && !c->faulted)
		return;
	if (ours || c->stage < CRUMB_KERNEL)
		console_print("boot: previous: reached %s", crumb_label(c->stage, number));
	else				/* another kernel has other names */
		console_print("boot: previous: reached %u", c->stage);
	if (c->faulted)
		console_print(", fault at link 0x%llx cause 0x%llx address 0x%llx",
			      LL(c->fault_pc), LL(c->fault_cause), LL(c->fault_address));
	console_print("\n");
}

/* Under trap_try, as the search may read unmapped memory. */
static void trail_search(void *cookie)
{
	const struct memory *m = cookie;
	struct boot_range r;
	uint32_t probes = 0;

	for (uint32_t i = 0; memory_free_next(m, &i, &r);) {
		uint64_t at = ALIGN_UP(r.base, 2 * MIB);

		for (; at - r.base < r.size; at += 2 * MIB) {
			struct crumbs *c = memory_at(m, at);

			if (probes++ == PROBES_MAX)
				return;
			if (at && trail_sane(c))
				trail_report(c);
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
