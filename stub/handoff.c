/* SPDX-License-Identifier: MIT */
/*
 * handoff.c - writes boot_info, and what it points to, into the arena.
 *
 * Runs after firmware is gone, with physical addresses.
 */
#include "stub/handoff.h"
#include "arch/boot.h"
#include "lib/crumb.h"
#include "lib/image.h"
#include "lib/string.h"

static struct boot_range handoff_text(uint64_t *at, const char *text, uint32_t len)
{
	struct boot_range r = { *at, len };

	memcpy((void *)*at, text, len);
	((char *)*at)[len] = 0;
	*at += len + 1;
	return r;
}

/* Write the modules that have names, after the n that have none, and the names of all. */
static void handoff_named(const struct draft *d, const struct arena *a, struct boot_info *bi,
			  uint64_t text)
{
	struct boot_module *module = (struct boot_module *)a->modules;
	const uint32_t n = (uint32_t)(bi->modules.size / sizeof(*module)), all = n + d->named;
	struct boot_range *name = (struct boot_range *)(module + all);

	for (uint32_t i = 0; i < n; i++)
		name[i] = (struct boot_range){ 0 };
	for (uint32_t i = 0; i < d->named; i++) {
		const struct draft_file *file = &d->files[i];

		module[n + i] = (struct boot_module){ .mem = file->mem, .kind = BOOT_MODULE_FILE };
		name[n + i] = handoff_text(&text, file->name, file->name_len);
	}
	bi->modules = (struct boot_range){ (uint64_t)module, all * sizeof(*module) };
	bi->module_names = (struct boot_range){ (uint64_t)name, all * sizeof(*name) };
}

struct boot_info *handoff_write(const struct draft *d, const struct arena *a, uint32_t map_entries)
{
	struct boot_info *bi = (struct boot_info *)(a->all.base + CRUMB_SIZE);
	struct boot_module *module = (struct boot_module *)a->modules;
	uint64_t text = a->text;
	uint32_t n = 0;

	*bi = d->info;
	bi->magic = BOOT_INFO_MAGIC;
	bi->major = BOOT_INFO_MAJOR;
	bi->minor = BOOT_INFO_MINOR;
	bi->size = sizeof(*bi);
	bi->handoff = a->all;
	bi->boot_stack = a->boot_stack;
	bi->trap_stack = a->trap_stack;
	bi->image = (struct boot_range){ a->image, image_size() };
	bi->image_loaded = (uint64_t)image_start;
	bi->image_virt = a->image;
	bi->page_pool = a->pool;
	bi->kept = a->kept;
	bi->memmap = (struct boot_range){ a->map_out, map_entries * sizeof(struct boot_mem) };
	bi->crumbs = a->all.base;
	bi->cmdline = handoff_text(&text, d->cmdline, d->cmdline_len);
	bi->file = handoff_text(&text, d->file, d->file_len);
	bi->vendor = handoff_text(&text, d->vendor, d->vendor_len);
	for (uint32_t i = 0; i < DRAFT_MODULES; i++)
		if (d->module[i].mem.size)
			module[n++] = d->module[i];
	if (n)
		bi->modules = (struct boot_range){ a->modules, n * sizeof(*module) };
	if (d->named)
		handoff_named(d, a, bi, text);
	if (bi->regime == BOOT_MMU_MAPPED) {
		struct arch_space space;
		uint64_t slots;

		arch_space(&space);
		slots = space.image_slots - ALIGN_UP(image_size(), 2 * MIB) / (2 * MIB);
		bi->direct_map = space.direct_map;
		bi->image_virt = space.image;
		if (d->have_entropy) {
			bi->image_virt += d->entropy[ENTROPY_VIRT] % slots * 2 * MIB;
			bi->flags |= BOOT_VIRT_RANDOM;
		}
	}
	return bi;
}
