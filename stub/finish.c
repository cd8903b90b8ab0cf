/* SPDX-License-Identifier: MIT */
/*
 * finish.c - from a memory map to the kernel, the same for all ways in.
 *
 * Runs after firmware is gone, on the stack and page tables in use at entry, with our own vectors.
 * Writes to the arena and, with place=stay, to the image. Failures are panics.
 */
#include "stub/finish.h"
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/console/panic.h"
#include "lib/console/console.h"
#include "lib/console/uart.h"
#include "lib/image.h"
#include "lib/string.h"
#include "lib/sum.h"
#include "lib/mapplan.h"
#include "stub/again.h"
#include "stub/fault.h"
#include "stub/handoff.h"
#include "stub/keep.h"
#include "stub/memmap.h"

/* Types that a kernel in regime "off" may want to read, besides the handoff. */
#define CLEAN_TYPES	(1u << BOOT_MEM_MODULE | 1u << BOOT_MEM_ACPI)

static void add_range(struct boot_mem *map, uint32_t *n, uint64_t base, uint64_t size,
		      uint32_t type)
{
	if (size)
		map[(*n)++] = (struct boot_mem){ .base = base, .size = size, .type = type };
}

/* Merge firmware's ranges and our own into one map at arena.map_out. Returns its entries. */
static uint32_t finish_memmap(const struct draft *d, const struct arena *a, struct reach *reach,
			      uint32_t n)
{
	struct boot_mem *in = (struct boot_mem *)a->map_in;
	const bool moved = a->image == a->all.base;	/* into the arena, after its first page */
	const uint64_t rest = moved ? image_size() : PAGE_SIZE;
	struct boot_mem *out = (struct boot_mem *)a->map_out;
	uint32_t count;

	add_range(in, &n, a->all.base, PAGE_SIZE, BOOT_MEM_HANDOFF);
	/* without the header page: it is not used, and some loaders do not load it */
	add_range(in, &n, a->image + PAGE_SIZE, image_size() - PAGE_SIZE, BOOT_MEM_IMAGE);
	add_range(in, &n, a->all.base + rest, a->all.size - rest, BOOT_MEM_HANDOFF);
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		add_range(in, &n, d->module[i].mem.base, d->module[i].mem.size, BOOT_MEM_MODULE);
	for (uint32_t i = 0; i < d->named; i++)
		add_range(in, &n, d->files[i].mem.base, d->files[i].mem.size, BOOT_MEM_MODULE);
	for (uint32_t i = 0; i < d->keeps; i++)
		in[n++] = d->keep[i];
	if (memmap_normalise(in, n, (uint64_t *)a->map_keys, out, 2 * a->map_cap, &count) != OK ||
	    keep_in_use(&d->info, reach, out, &count, 2 * a->map_cap) != OK)
		panic("memory map: too many ranges, %u", n);
	return count;
}

/* The end of what page tables must reach. */
static uint64_t finish_top(const struct boot_info *info, const struct arena *a, uint32_t n)
{
	const uint32_t ram = MAPPLAN_RAM | 1u << BOOT_MEM_IMAGE | 1u << BOOT_MEM_HANDOFF;
	const struct boot_mem *m = (const struct boot_mem *)a->map_out + n;
	uint64_t top = info->fb.mem.base + info->fb.mem.size;

	if (uart_in_memory(&info->uart))
		top = MAX(top, info->uart.base + 1);
	do
		m--;		/* the image is somewhere in the map */
	while (!(ram >> m->type & 1));
	return MAX(top, m->base + m->size);
}

static void copy_part(const struct arena *a, const char *start, const char *end)
{
	arch_copy_image(image_twin(start, a->image), start, (uint64_t)(end - start) / 8);
}

/*
 * Put the image in its place: text and data as they are now, .bss zero except .bss.noinit. Not
 * copied: the doors, .sbat, and what fills the last pages of .relro, .data and .bss.
 */
static void finish_copy(const struct arena *a, bool wide)
{
	const uint64_t words = (uint64_t)(image_bss_end - image_bss) / 8;

	if (a->image != (uint64_t)image_start) {
		copy_part(a, image_text, image_sbat);
		copy_part(a, image_relro, image_relro_end);
		copy_part(a, image_data, image_data_end);
	}
	if (ARCH_WIDE && wide)
		arch_wide_fill(image_twin(image_bss, a->image), words);
	else
		arch_fill(image_twin(image_bss, a->image), 0, words);
}

/* For stub_again(): .data as the kernel will find it, and entropy for the next seed. */
static void finish_keep(const struct draft *d, const struct arena *a)
{
	struct again *kept = (struct again *)a->kept.base;

	if (!a->kept.size)
		return;
	entropy_keep(d, kept->entropy, AGAIN_WORDS);
	arch_copy(kept->data, image_data, again_data() / sizeof(*kept->data));
}

/* Relocate the copy for where it will run. The summed part does not change after this. */
static void finish_seal(const struct arena *a, struct boot_info *bi)
{
	const uint64_t relro = image_offset(image_relro), end = image_offset(image_relro_end);
	struct crumbs *const trail = crumb_trail;

	if (image_relocate(a->image, image_size(), bi->image_virt, image_rela,
			   (uint64_t)(image_rela_end - image_rela), arch_rela_relative) != OK)
		panic("relocation failed");
	crumb_trail = trail;	/* an image that stays has just reset its own pointer */
	/* the build summed what is not relocated: so the kernel also finds damage by a loader */
	bi->checksum = sum64(image_sum, (void *)(a->image + relro), end - relro);
}

/* The next page of the pool. */
static uint64_t finish_page(void *cookie)
{
	struct boot_info *bi = cookie;
	uint64_t page = bi->page_pool.base + bi->page_used;

	if (bi->page_used == bi->page_pool.size)
		return 0;
	bi->page_used += PAGE_SIZE;
	return page;
}

/* The pages of the code that runs across the switch, where it is now. */
static struct boot_range finish_trampoline(void)
{
	const uint64_t base = ALIGN_DOWN((uint64_t)idmap_start, PAGE_SIZE);

	if (!ARCH_TRAMPOLINE)
		return (struct boot_range){ 0, 0 };
	return (struct boot_range){ base, ALIGN_UP((uint64_t)idmap_end, PAGE_SIZE) - base };
}

static void finish_plan(const struct arena *a, struct boot_info *bi, uint32_t entries, bool wide,
			struct jump_plan *plan)
{
	struct arch_map map = { .page = finish_page, .cookie = bi,
				.flags = wide ? ARCH_MAP_WIDE : 0 };
	const struct boot_range trampoline = finish_trampoline();
	uint64_t unmapped = 0;

	if (bi->regime != BOOT_MMU_OFF) {
		if (arch_map_start(&map) != OK ||
		    mapplan_apply(&map, bi, (const struct boot_mem *)a->map_out, entries,
				  &trampoline, &unmapped) != OK)
			panic("page tables: %llu pages are not enough",
			      LL(bi->page_pool.size / PAGE_SIZE));
		bi->page_root = map.root;
	}
	if (unmapped)
		bi->flags |= BOOT_RAM_UNMAPPED;
	arch_plan(plan, bi->regime, map.root, bi->image_virt);
	plan->entry = bi->image_virt + image_offset(kernel_entry);
	plan->arg = (uint64_t)bi + bi->direct_map;
	plan->stack = bi->direct_map + a->boot_stack.base + a->boot_stack.size;
}

/*
 * Set the copy's own variables, with addresses as the new regime sees them. An image that stays is
 * its own copy, so it cannot report anything from here to the jump.
 */
static void finish_twins(const struct arena *a, const struct boot_info *bi, bool cold)
{
	const uint64_t data = image_offset(image_data), end = image_offset(image_bss_file);
	struct console *twin = image_twin(&console, a->image);

	if (uart_in_memory(&twin->uart))
		twin->uart.base += bi->direct_map;
	twin->fb.mem.base += bi->direct_map;
	*(struct crumbs **)image_twin(&crumb_trail, a->image) =
		(struct crumbs *)(bi->crumbs + bi->direct_map);
	arch_trap_prepare(a->image, bi->image_virt,
			  bi->direct_map + a->trap_stack.base + a->trap_stack.size);
	if (bi->regime != BOOT_MMU_OFF && !cold)
		return;
	arch_clean(a->image + data, end - data);	/* again: it has been written since */
	arch_clean(bi->crumbs, CRUMB_SIZE);
}

/*
 * Clean every byte that will be read or executed with caches off, and no others: with an MMU the
 * trampoline (the copy's text only has to reach the instruction caches), else the handoff, the
 * image, modules and ACPI tables. After a cold start all that we wrote, as stale lines may hide it.
 */
static void finish_clean_data(const struct boot_info *bi, uint32_t entries, bool cold)
{
	const struct boot_mem *m = (const struct boot_mem *)bi->memmap.base;
	const uint64_t text = image_offset(image_text), end = image_offset(image_rodata);
	const bool moved = bi->image.base == bi->handoff.base;	/* into the handoff */
	const struct boot_range trampoline = finish_trampoline();

	arch_clean(trampoline.base, trampoline.size);
	if (bi->regime == BOOT_MMU_OFF)
		arch_clean(bi->handoff.base, bi->handoff.size);
	else if (cold)
		arch_clean(bi->handoff.base,
			   bi->page_pool.base + bi->page_used - bi->handoff.base);
	else if (moved)
		arch_clean(bi->image.base + text, end - text);
	if (!moved && (bi->regime == BOOT_MMU_OFF || cold))	/* firmware cleaned only text */
		arch_clean(bi->image.base + text, bi->image.size - text);
	for (uint32_t i = 0; bi->regime == BOOT_MMU_OFF && i < entries; i++)
		if (1u << m[i].type & CLEAN_TYPES)
			arch_clean(m[i].base, m[i].size);
}

_Noreturn void finish_boot(struct draft *d, const struct arena *a, struct reach *reach, uint32_t n)
{
	struct jump_plan plan;
	struct boot_info *bi;
	uint32_t entries;
	bool wide;

	fault_stage(&d->options, CRUMB_NORMALISE);
	entries = finish_memmap(d, a, reach, n);
	if (ARCH_MODES)
		d->info.cpu_flags |= arch_levels_for(d->options.levels,
						     finish_top(&d->info, a, entries));
	fault_stage(&d->options, CRUMB_COPY);
	wide = ARCH_WIDE && arch_wide_start();
	finish_copy(a, wide);
	finish_keep(d, a);
	bi = handoff_write(d, a, entries);
	memset(d->info.seed, 0, sizeof(d->info.seed));	/* the stack stays in memory */
	memset(d->entropy, 0, sizeof(d->entropy));
	fault_stage(&d->options, CRUMB_PLAN);
	finish_plan(a, bi, entries, wide, &plan);
	fault_stage(&d->options, CRUMB_SEAL);
	finish_seal(a, bi);
	fault_stage(&d->options, CRUMB_CLEAN);
	finish_clean_data(bi, entries, d->cold);
	arch_clean_code();
	fault_stage(&d->options, CRUMB_JUMP);
	finish_twins(a, bi, d->cold);
	arch_jump(&plan);
}
