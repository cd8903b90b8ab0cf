/* SPDX-License-Identifier: MIT */
/*
 * cmd_walk.c - walk and regs: how the CPU translates an address, and its registers with bits by
 * name.
 */
#include "monitor.h"
#include "arch/cpu.h"
#include "kernel/firmware/fields.h"
#include "lib/console/console.h"

/* Print the fields of `value` that are not 0: single bits by name, others with their value. */
static void bits_print(const char *fields, uint64_t value)
{
	while (*fields) {
		const char *name = fields;
		uint32_t first, last;
		uint64_t v;

		while (*fields != ':')
			fields++;
		const int length = (int)(fields++ - name);

		first = last = fields_decimal(&fields);
		if (*fields == '-') {
			fields++;
			last = fields_decimal(&fields);
		}
		while (*fields == ' ')
			fields++;
		v = value >> first & (UINT64_MAX >> (63 - (last - first)));
		if (v && first == last)
			console_print(" %.*s", length, name);
		else if (v)
			console_print(" %.*s=0x%llx", length, name, LL(v));
	}
}

static const char *size_name(uint32_t level)
{
	static const char name[][8] = { "4 KiB", "2 MiB", "1 GiB" };

	return level < ARRAY_SIZE(name) ? name[level] : "?";
}

struct walk {
	struct arch_map map;
	struct arch_step step[ARCH_LEVELS_MAX];
	struct arch_leaf leaf;
	uint64_t va;
	bool address, found;
};

static void walk_read(void *cookie)
{
	struct walk *w = cookie;

	w->address = arch_map_path(&w->map, w->va, w->step);
	w->found = arch_map_find(&w->map, w->va, &w->leaf);
}

static void step_print(const struct arch_step *s, uint32_t level)
{
	console_print("%s index 0x%x", arch_level_name[level], s->index);
	if (!s->table) {
		console_print(": not reached\n");
		return;
	}
	console_print(" at 0x%llx: 0x%016llx ", LL(s->table + s->index * sizeof(uint64_t)),
		      LL(s->entry));
	if (!s->present)
		console_print("nothing");
	else if (s->leaf)
		console_print("%s", size_name(level));
	else
		console_print("table");
	if (s->entry)
		bits_print(arch_pte_fields, s->entry);
	console_print("\n");
}

bool command_walk(struct kernel *k, uint32_t n, char **words)
{
	struct walk w;
	struct trap_info fault;

	(void)n;
	if (!monitor_address(k, words[1], &w.va))
		return false;
	memory_tables(&k->memory, &w.map);
	if (!trap_try(walk_read, &w, &fault))
		return monitor_error("unreadable page table: 0x%llx: %s", LL(fault.address),
				     fault.what);
	console_print("0x%llx: root 0x%llx, %u levels\n", LL(w.va), LL(w.map.root), w.map.levels);
	if (!w.address)
		console_print("not a valid address on this CPU\n");
	for (uint32_t i = 0; i < w.map.levels; i++)
		step_print(&w.step[i], w.map.levels - 1 - i);
	if (w.address && w.found)
		console_print("physical 0x%llx, r%c%c %s\n",
			      LL(w.leaf.pa + w.va % w.leaf.size), w.leaf.write ? 'w' : '-',
			      w.leaf.exec ? 'x' : '-', w.leaf.cached ? "cached" : "uncached");
	else
		console_print("not mapped\n");
	return true;
}

struct reading {
	struct arch_reg reg;
	uint32_t i;
	bool there;
};

static void reg_read(void *cookie)
{
	struct reading *r = cookie;

	r->there = arch_reg(r->i, &r->reg);
}

bool command_regs(struct kernel *k, uint32_t n, char **words)
{
	struct reading r = { .there = true };
	struct trap_info fault;

	(void)k;
	(void)n;
	(void)words;
	for (; r.there; r.i++) {
		if (!trap_try(reg_read, &r, &fault)) {
			console_print("(%u: %s)\n", r.i, fault.what);
			continue;
		}
		if (!r.there)
			break;
		console_print("%-14s 0x%016llx", r.reg.name, LL(r.reg.value));
		bits_print(r.reg.fields, r.reg.value);
		console_print("\n");
		if (monitor_stopped())
			return false;
	}
	return true;
}
