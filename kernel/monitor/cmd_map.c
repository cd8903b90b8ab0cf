/* SPDX-License-Identifier: MIT */
/* cmd_map.c - mem and pt: who has which memory, and what the page tables make of it. */
#include "monitor.h"
#include "lib/console/console.h"
#include "lib/print.h"

#define BAR_CELLS	64
#define BAR_FREE	"\x1b[32m"
#define BAR_OURS	"\x1b[36m"
#define BAR_FIRMWARE	"\x1b[33m"
#define BAR_NOT_RAM	"\x1b[90m"
#define BAR_PLAIN	"\x1b[0m"

/* Letter and colour of a type in the bar: both say it, for terminals without colours. */
static const struct {
	char letter;
	char colour[8];
} bar_look[BOOT_MEM_TYPES] = {
	[0] = { ' ', BAR_PLAIN },
	[BOOT_MEM_FREE] = { 'f', BAR_FREE },
	[BOOT_MEM_RECLAIM] = { 'r', BAR_FREE },
	[BOOT_MEM_ACPI] = { 'a', BAR_FIRMWARE },
	[BOOT_MEM_IMAGE] = { 'i', BAR_OURS },
	[BOOT_MEM_HANDOFF] = { 'h', BAR_OURS },
	[BOOT_MEM_MODULE] = { 'm', BAR_OURS },
	[BOOT_MEM_RUNTIME_CODE] = { 'c', BAR_FIRMWARE },
	[BOOT_MEM_RUNTIME_DATA] = { 'd', BAR_FIRMWARE },
	[BOOT_MEM_NVS] = { 'n', BAR_FIRMWARE },
	[BOOT_MEM_MMIO] = { 'o', BAR_NOT_RAM },
	[BOOT_MEM_RESERVED] = { '#', BAR_NOT_RAM },
};

/* Everything below the last byte of RAM that can be given away. */
static uint64_t bar_end(const struct memory *m)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < m->n; i++)
		if (m->map[i].type == BOOT_MEM_FREE)
			end = m->map[i].base + m->map[i].size;
	return end;
}

/* The type that has most of [base, base+size); 0: none is there. */
static uint32_t bar_type(const struct memory *m, uint64_t base, uint64_t size)
{
	uint64_t sums[BOOT_MEM_TYPES] = { 0 };
	uint32_t most = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		const struct boot_mem *r = &m->map[i];
		const uint64_t from = MAX(r->base, base);
		const uint64_t to = MIN(r->base + r->size, base + size);

		if (from < to && r->type < BOOT_MEM_TYPES)
			sums[r->type] += to - from;
	}
	for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++)
		if (sums[t] > sums[most])
			most = t;
	return most;
}

static void bar_print(const struct memory *m)
{
	const uint64_t end = bar_end(m), step = end / BAR_CELLS;
	const char *colour = NULL;

	console_write("[", 1);
	for (uint32_t i = 0; i < BAR_CELLS; i++) {
		const uint32_t type = bar_type(m, i * step, step);

		if (colour != bar_look[type].colour)
			console_print("%s", bar_look[type].colour);
		colour = bar_look[type].colour;
		console_write(&bar_look[type].letter, 1);
	}
	console_print(BAR_PLAIN "] 0 to 0x%llx\n", LL(end));
}

bool command_mem(struct kernel *k, uint32_t n, char **words)
{
	const struct memory *m = &k->memory;
	uint64_t sums[BOOT_MEM_TYPES] = { 0 };

	(void)n;
	(void)words;
	bar_print(m);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct boot_mem *r = &m->map[i];
		const uint32_t type = r->type < BOOT_MEM_TYPES ? r->type : 0;

		sums[type] += r->size;
		console_print("%c 0x%012llx 0x%012llx %s\n", bar_look[type].letter, LL(r->base),
			      LL(r->size), memory_type_name(r->type));
		if (monitor_stopped())
			return false;
	}
	for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++)
		if (sums[t])
			console_print("%c %s: %llu KiB\n", bar_look[t].letter,
				      memory_type_name(t), LL(sums[t] / KIB));
	return true;
}

struct merge {
	struct arch_map map;
	struct arch_leaf run;		/* size 0: none yet */
	uint64_t leaves;
	bool stopped;
};

static void run_print(const struct arch_leaf *r)
{
	if (r->size)
		console_print("0x%016llx 0x%016llx -> 0x%012llx r%c%c %s\n", LL(r->va),
			      LL(r->size), LL(r->pa), r->write ? 'w' : '-', r->exec ? 'x' : '-',
			      r->cached ? "cached" : "uncached");
}

static bool run_add(const struct arch_leaf *leaf, void *cookie)
{
	struct merge *m = cookie;
	struct arch_leaf *r = &m->run;

	m->leaves++;
	if (r->size && r->va + r->size == leaf->va && r->pa + r->size == leaf->pa &&
	    r->write == leaf->write && r->exec == leaf->exec && r->cached == leaf->cached) {
		r->size += leaf->size;
		return true;
	}
	run_print(r);
	*r = *leaf;
	m->stopped = monitor_stopped();
	return !m->stopped;
}

static void merge_all(void *cookie)
{
	struct merge *m = cookie;

	arch_map_walk(&m->map, run_add, m);
}

bool command_pt(struct kernel *k, uint32_t n, char **words)
{
	struct merge m = { 0 };
	struct trap_info fault;

	(void)n;
	(void)words;
	memory_tables(&k->memory, &m.map);
	console_print("root 0x%llx, %u levels\n", LL(m.map.root), m.map.levels);
	if (!trap_try(merge_all, &m, &fault))
		return monitor_error("a table is not memory: 0x%llx: %s", LL(fault.address),
				     fault.what);
	if (m.stopped)
		return false;
	run_print(&m.run);
	console_print("%llu leaves\n", LL(m.leaves));
	return true;
}
