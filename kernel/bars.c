/* SPDX-License-Identifier: MIT */
/*
 * bars.c - see bars.h. Types differ in letters as well as colours, for terminals without colours.
 */
#include "kernel/bars.h"
#include "kernel/kernel.h"
#include "lib/console/console.h"

#define STAGE_CELLS	40
#define STAGE_PART	64		/* of the total time: shorter stages get no line */
#define PLAIN		"\x1b[0m"

/* SGR's number for a background, ECMA-48 8.3.117 */
enum ground { NOTHING = 49, FREE = 42, OURS = 46, FIRMWARES = 43, NOT_RAM = 100 };

const char bar_full[] = "================================"
			"================================";

static const struct {
	char letter;
	uint8_t ground;
} look[BOOT_MEM_TYPES] = {
	[0] = { ' ', NOTHING },
	[BOOT_MEM_FREE] = { 'f', FREE },
	[BOOT_MEM_RECLAIM] = { 'r', FREE },
	[BOOT_MEM_ACPI] = { 'a', FIRMWARES },
	[BOOT_MEM_IMAGE] = { 'i', OURS },
	[BOOT_MEM_HANDOFF] = { 'h', OURS },
	[BOOT_MEM_MODULE] = { 'm', OURS },
	[BOOT_MEM_RUNTIME_CODE] = { 'c', FIRMWARES },
	[BOOT_MEM_RUNTIME_DATA] = { 'd', FIRMWARES },
	[BOOT_MEM_NVS] = { 'n', FIRMWARES },
	[BOOT_MEM_MMIO] = { 'o', NOT_RAM },
	[BOOT_MEM_RESERVED] = { '#', NOT_RAM },
};

char memory_letter(uint32_t type)
{
	return look[type].letter;
}

/* The end of the last FREE range. */
static uint64_t bar_end(const struct memory *m)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < m->n; i++)
		if (m->map[i].type == BOOT_MEM_FREE)
			end = m->map[i].base + m->map[i].size;
	return end;
}

/*
 * The type that covers most of [base, base + size), but IMAGE if any of the image is there; 0 if
 * nothing is. Adds to `sums`. *first is the first range that ends after base; cells are visited in
 * order.
 */
static uint32_t cell_type(const struct memory *m, uint32_t *first, uint64_t base, uint64_t size,
			  uint64_t *sums)
{
	uint64_t here[BOOT_MEM_TYPES] = { 0 };
	uint32_t most = 0;

	while (*first < m->n && m->map[*first].base + m->map[*first].size <= base)
		++*first;
	for (uint32_t i = *first; i < m->n && m->map[i].base < base + size; i++) {
		const struct boot_mem *r = &m->map[i];
		const uint32_t type = r->type < BOOT_MEM_TYPES ? r->type : 0;

		here[type] += MIN(r->base + r->size, base + size) - MAX(r->base, base);
		if (type == BOOT_MEM_IMAGE || (most != BOOT_MEM_IMAGE && here[type] > here[most]))
			most = type;
	}
	for (uint32_t t = 0; t < BOOT_MEM_TYPES; t++)
		sums[t] += here[t];
	return most;
}

void memory_bar(const struct memory *m)
{
	const uint64_t end = bar_end(m), step = end / BAR_CELLS;
	uint64_t sums[BOOT_MEM_TYPES] = { 0 };
	uint32_t shown = 0, first = 0;
	uint8_t ground = NOTHING;

	console_print("%-*s[", BAR_LABEL, "memory");
	for (uint32_t i = 0; i < BAR_CELLS; i++) {
		const uint32_t type = cell_type(m, &first, i * step, step, sums);

		shown |= 1u << type;
		if (look[type].ground != ground)
			console_print("\x1b[30;%um", look[type].ground);
		ground = look[type].ground;
		console_write(&look[type].letter, 1);
	}
	console_print(PLAIN "]\n%-*s", BAR_LABEL, "");
	for (uint32_t t = 1; t < BOOT_MEM_TYPES; t++)
		if (shown >> t & 1)
			console_print("\x1b[30;%um%c" PLAIN " %s %llu MiB, ", look[t].ground,
				      look[t].letter, memory_type_name(t),
				      LL((sums[t] + MIB - 1) / MIB));
	console_print("up to 0x%llx\n", LL(end));
}

void timeline_bars(uint64_t hz, bool all)
{
	const uint64_t *time = crumb_trail->time, start = time[CRUMB_ENTRY];
	char label[CRUMB_LABEL];
	uint64_t whole = 0;

	for (uint32_t s = 0; s < CRUMB_STAGES; s++)
		whole = MAX(whole, time[s]);
	whole -= start;
	for (uint32_t s = 0, next; s < CRUMB_STAGES; s = next) {
		uint64_t ticks;
		int from, to;

		for (next = s + 1; next < CRUMB_STAGES && !time[next];)
			next++;
		if (!time[s] || next == CRUMB_STAGES)
			continue;
		ticks = time[next] - time[s];
		if (!all && ticks < whole / STAGE_PART)
			continue;
		from = (int)((time[s] - start) * STAGE_CELLS / (whole + 1));
		to = (int)((time[next] - start) * STAGE_CELLS / (whole + 1)) + 1;
		console_print("%-*s|%*s\x1b[36;46m%.*s" PLAIN "%*s|", BAR_LABEL,
			      crumb_label(s, label), from, "", to - from, bar_full,
			      STAGE_CELLS - to, "");
		report_ticks(ticks, hz);
	}
}
