/* SPDX-License-Identifier: MIT */
/*
 * again.c - takes over what the previous run left in its boot_info, like any loader's structure.
 *
 * The old kernel could write to all of memory, so its boot_info is not trusted. Its image, whose
 * text runs now, its handoff and our stack become RECLAIM: the arena is not placed there, and the
 * new kernel gets them. Everything else that it owned is free.
 */
#include "stub/again.h"
#include "arch/boot.h"
#include "lib/crumb.h"
#include "lib/console/screen.h"
#include "lib/string.h"
#include "stub/memmap.h"
#include "stub/raw/raw.h"

/* Facts of the first boot that are still true. */
#define FLAGS_KEPT	(BOOT_RUNTIME_OK | BOOT_SECURE_BOOT | BOOT_SETUP_MODE | BOOT_AFTER_OS | \
			 BOOT_MEASURED_INITRD | BOOT_MEASURED_FILES | BOOT_MEASURE_FAILED | \
			 BOOT_TPM_LOG_SHORT)

struct old {
	const struct boot_info *bi;
	const struct boot_mem *map;
	uint32_t n;
	struct boot_range busy[3];	/* image, handoff, room */
};

static bool whole_pages(const struct boot_range *r)
{
	return !((r->base | r->size) % PAGE_SIZE) && r->size &&
	       ends_by(r->base, r->size, ARCH_REACH);
}

bool again_held(const struct boot_info *bi, const struct boot_range *r, uint64_t word)
{
	const struct boot_range *h = &bi->handoff;

	if (!r->size)
		return true;
	return r->base >= h->base && r->size <= h->size && !(r->base % word) &&
	       r->base - h->base <= h->size - r->size;
}

const char *again_check(const struct boot_info *bi, uint64_t pa)
{
	const uint64_t entries = bi->memmap.size / sizeof(struct boot_mem);

	if (bi->magic != BOOT_INFO_MAGIC || bi->major != BOOT_INFO_MAJOR ||
	    bi->minor != BOOT_INFO_MINOR || bi->size != sizeof(*bi))
		return "boot_info: wrong version";
	if (!whole_pages(&bi->handoff) || pa != bi->handoff.base + CRUMB_SIZE ||
	    bi->crumbs != bi->handoff.base)
		return "boot_info: not where the stub put it";
	if (!whole_pages(&bi->image) || bi->image.size != image_size())
		return "boot_info: from another image";
	if (!bi->kept.size)
		return "the kernel has not asked for KERNEL_AGAIN";
	if (bi->kept.size != sizeof(struct again) + again_data() || !again_held(bi, &bi->kept, 8))
		return "boot_info: its kept data is damaged";
	if (!entries || entries > MEMMAP_MAX || bi->memmap.size % sizeof(struct boot_mem) ||
	    !again_held(bi, &bi->memmap, 8))
		return "boot_info: no memory map";
	if (bi->modules.size % sizeof(struct boot_module) || !again_held(bi, &bi->modules, 8) ||
	    (bi->module_names.size &&
	     bi->module_names.size / sizeof(struct boot_range) !=
		     bi->modules.size / sizeof(struct boot_module)) ||
	    !again_held(bi, &bi->module_names, 8) ||
	    !again_held(bi, &bi->efi_memmap, 8) || !again_held(bi, &bi->file, 1) ||
	    !again_held(bi, &bi->vendor, 1))
		return "boot_info: a range lies outside the handoff";
	return NULL;
}

/* Where it can be read, also with caches off. */
static const void *seen(struct raw *r, const struct boot_range *mem)
{
	if (!mem->size)
		return NULL;
	if (!raw_reach(r, mem->base, mem->size))
		panic("boot_info: 0x%llx: not in memory", LL(mem->base));
	arch_clean(mem->base, mem->size);
	return (const void *)mem->base;
}

/*
 * The cache attributes that a piece of the kernel's own memory lost when it was carved out of FREE.
 */
static uint32_t cache_of(const struct old *o, uint32_t i)
{
	const struct boot_mem *m = o->map;
	uint32_t k = i;

	while (k + 1 < o->n && again_given(m[k + 1].type) && !memmap_given(m[k].type) &&
	       m[k].base + m[k].size == m[k + 1].base)
		k++;
	if (memmap_given(m[k].type))
		return m[k].cache;
	for (k = i; k && again_given(m[k - 1].type) && !memmap_given(m[k].type) &&
		    m[k - 1].base + m[k - 1].size == m[k].base;)
		k--;
	return m[k].cache;
}

/* The end, at most `end`, of the part from `at` on that is all busy or all not busy. */
static uint64_t part_end(const struct old *o, uint64_t at, uint64_t end, bool *busy)
{
	*busy = false;
	for (uint32_t i = 0; i < ARRAY_SIZE(o->busy); i++)
		if (at - o->busy[i].base < o->busy[i].size) {
			*busy = true;
			return MIN(end, o->busy[i].base + o->busy[i].size);
		}
	for (uint32_t i = 0; i < ARRAY_SIZE(o->busy); i++)
		if (o->busy[i].base > at)
			end = MIN(end, o->busy[i].base);
	return end;
}

static void take_memory(const struct old *o, struct raw *r)
{
	for (uint32_t i = 0; i < o->n; i++) {
		struct boot_mem m = o->map[i];
		const uint64_t end = range_end(m.base, m.size);
		bool busy;

		if (!again_given(m.type)) {
			raw_keep(r, &m);
			continue;
		}
		m.cache = cache_of(o, i);
		for (uint64_t to; m.base < end; m.base = to) {
			to = part_end(o, m.base, end, &busy);
			m.size = to - m.base;
			m.type = busy ? BOOT_MEM_RECLAIM : BOOT_MEM_FREE;
			raw_keep(r, &m);
		}
	}
}

/* Whether the old kernel may have written there. */
static bool was_given(const struct old *o, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < o->n; i++)
		if (again_given(o->map[i].type) &&
		    ranges_overlap(base, size, o->map[i].base, o->map[i].size))
			return true;
	return false;
}

/*
 * Take over a module. Those without names have slots of their own; false if there is no room for
 * one with a name.
 */
static bool take_module(struct draft *d, struct raw *r, const struct boot_module *m,
			const struct boot_range *name, const struct old *o)
{
	static const uint8_t place[] = {
		[BOOT_MODULE_INITRD] = DRAFT_INITRD, [BOOT_MODULE_DTB] = DRAFT_TREE,
		[BOOT_MODULE_TPM_LOG] = DRAFT_LOG, [BOOT_MODULE_ELFCOREHDR] = DRAFT_LOG,
	};
	struct draft_file *file;

	if (m->kind && m->kind < ARRAY_SIZE(place)) {
		d->module[place[m->kind]] = *m;
		return true;
	}
	if (m->kind != BOOT_MODULE_FILE || !name || !again_held(o->bi, name, 1) ||
	    name->size >= DRAFT_NAME)
		return false;
	file = draft_named(d, seen(r, name), (uint32_t)name->size);
	if (file)
		file->mem = m->mem;
	return file;
}

static void take_modules(const struct old *o, struct draft *d, struct raw *r)
{
	const struct boot_module *m = seen(r, &o->bi->modules);
	const struct boot_range *name = seen(r, &o->bi->module_names);

	for (uint64_t i = 0; i < o->bi->modules.size / sizeof(*m); i++) {
		const struct boot_range *mem = &m[i].mem;
		const char *why = NULL;

		if (!mem->size || !ends_by(mem->base, mem->size, ARCH_REACH) ||
		    was_given(o, mem->base, mem->size))
			why = "its memory was reused";
		else if (!take_module(d, r, &m[i], name ? &name[i] : NULL, o))
			why = "of unknown kind";
		if (why)
			raw_drop(r, "module", why, "", mem);
	}
}

static uint32_t take_text(struct raw *r, const struct boot_range *text, char *out, uint32_t cap)
{
	const uint32_t n = (uint32_t)MIN(text->size, cap - 1);

	if (n)
		memcpy(out, seen(r, text), n);
	out[n] = 0;
	return n;
}

/* Drop pointers to memory that the old kernel could have overwritten. */
static void take_pointers(const struct old *o, struct boot_info *info)
{
	uint64_t *const pointer[] = {
		&info->acpi_rsdp, &info->smbios, &info->efi_systab, &info->efi_runtime,
		&info->efi_memattr, &info->tpm_final,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(pointer); i++)
		if (*pointer[i] && was_given(o, *pointer[i], 1))
			*pointer[i] = 0;
	if (!info->efi_runtime)
		info->flags &= ~BOOT_RUNTIME_OK;
	if (!ends_by(info->fb.mem.base, info->fb.mem.size, ARCH_REACH) || !screen_fits(&info->fb))
		info->fb = (struct boot_fb){ 0 };
	if (info->uart.type >= BOOT_UART_TYPES)
		info->uart = (struct boot_uart){ 0 };
}

/* Take over the old boot_info, except for what the rest of the boot fills in anew. */
static void take_info(const struct old *o, struct boot_info *info)
{
	*info = *o->bi;
	info->flags &= FLAGS_KEPT;
	info->page_root = info->page_used = info->direct_map = 0;
	info->modules = info->module_names = info->cmdline = (struct boot_range){ 0 };
	memset(info->seed, 0, sizeof(info->seed));
	info->seed_len = 0;
	info->first_entry = info->agains ? info->first_entry : info->entry;
	info->agains++;
	info->entry = BOOT_ENTRY_AGAIN;
	info->previous = info->crumbs;
	if (!info->pinned)
		info->pinned = arch_again_pinned(o->bi);
}

/*
 * The kept words are part of no seed so far. The counter, and what the kernel left or put into the
 * old seed, make the words of each run different; the CPU's generator, if there is one, makes them
 * new. Without it they are as good as the first ones were, except to readers of this memory.
 */
static void take_entropy(const struct old *o, struct draft *d, const struct again *k)
{
	uint64_t mix[2 * AGAIN_WORDS + 2] = { k->began, arch_counter() };
	bool random = true;

	memcpy(&mix[2], k->entropy, sizeof(k->entropy));
	for (uint32_t i = 0; i < AGAIN_WORDS; i++)
		random &= arch_random(&mix[2 + AGAIN_WORDS + i]);
	if (!k->entropy[0] && !random)
		return;
	entropy_add(d, mix, sizeof(mix));
	if (o->bi->seed_len)
		entropy_add(d, o->bi->seed, sizeof(o->bi->seed));
	d->info.seed_len = random ? sizeof(d->info.seed) :
				    MIN(o->bi->seed_len, (uint32_t)sizeof(d->info.seed));
}

/* Count runs that ended in a panic, so that the new kernel can stop. */
static void take_panics(const struct crumbs *c)
{
	if (c->magic == CRUMB_MAGIC)
		crumb_trail->panics = c->panics + !!c->faulted;
}

void again_collect(struct draft *d, struct raw *r, uint64_t a)
{
	const struct boot_range page = { ALIGN_DOWN(a, PAGE_SIZE), PAGE_SIZE };
	struct old o = { .bi = (const struct boot_info *)a };
	const struct again *k;
	const char *why;
	bool cut;

	r->anywhere = d->cold;
	r->n = 0;			/* our stack is not after the image this time */
	seen(r, &page);
	why = again_check(o.bi, a);
	if (why)
		panic("0x%llx: %s", LL(a), why);
	k = seen(r, &o.bi->kept);
	o.map = seen(r, &o.bi->memmap);
	o.n = (uint32_t)(o.bi->memmap.size / sizeof(*o.map));
	o.busy[0] = o.bi->image;
	o.busy[1] = o.bi->handoff;
	o.busy[2] = (struct boot_range){ r->scratch, ARCH_AGAIN_ROOM };
	take_info(&o, &d->info);
	take_memory(&o, r);
	if (d->info.pinned)
		raw_add(r, d->info.pinned, PAGE_SIZE, BOOT_MEM_HANDOFF);
	take_pointers(&o, &d->info);
	raw_console(d);
	take_modules(&o, d, r);
	seen(r, &o.bi->efi_memmap);
	d->file_len = take_text(r, &o.bi->file, d->file, sizeof(d->file));
	d->vendor_len = take_text(r, &o.bi->vendor, d->vendor, sizeof(d->vendor));
	d->cmdline_len = cmdline_from_file(k->cmdline, (uint32_t)MIN(k->cmdline_len, CMDLINE_MAX),
					   d->cmdline, sizeof(d->cmdline), &cut);
	take_entropy(&o, d, k);
	take_panics((const struct crumbs *)o.bi->crumbs);
}

void again_door(struct raw_door *door, uint64_t scratch)
{
	*door = (struct raw_door){ scratch, again_collect };
}
