/* SPDX-License-Identifier: MIT */
/* cmd_map.c - mem and pt: what memory is used for, and what the page tables map. */
#include "monitor.h"
#include "kernel/bars.h"
#include "lib/console/console.h"

bool command_mem(struct kernel *k, uint32_t n, char **words)
{
	const struct memory *m = &k->memory;
	uint64_t sums[BOOT_MEM_TYPES] = { 0 };

	(void)n;
	(void)words;
	memory_bar(m);
	for (uint32_t i = 0; i < m->n; i++) {
		const struct boot_mem *r = &m->map[i];
		const uint32_t type = r->type < BOOT_MEM_TYPES ? r->type : 0;

		sums[type] += r->size;
		console_print("%c 0x%012llx 0x%012llx %s\n", memory_letter(type), LL(r->base),
			      LL(r->size), memory_type_name(r->type));
		if (monitor_stopped())
			return false;
	}
	for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++)
		if (sums[t])
			console_print("%c %s: %llu KiB\n", memory_letter(t),
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
		return monitor_error("unreadable page table: 0x%llx: %s", LL(fault.address),
				     fault.what);
	if (m.stopped)
		return false;
	run_print(&m.run);
	console_print("%llu leaves\n", LL(m.leaves));
	return true;
}
