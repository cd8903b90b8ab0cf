/* SPDX-License-Identifier: MIT */
/* linux.c - collects what a Linux loader passes in boot_params, for all three entries. */
#include "stub/raw/pc.h"
#include "arch/collect.h"
#include "stub/efi/efi.h"
#include "stub/raw/efi_left.h"

#define DATA_MAX	64		/* nodes: the list may be a circle */
#define BYTES_PIXEL	4

static uint64_t wide(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* The mask of a colour; 0 if it is invalid. */
static uint32_t screen_mask(uint8_t size, uint8_t at)
{
	return size && size <= 8 && at <= 32 - size ? ((1u << size) - 1) << at : 0;
}

/* The reason why the screen cannot be used; NULL if it can. */
static const char *screen_fault(const struct linux_screen *v, const struct boot_fb *f)
{
	if (v->depth != 8 * BYTES_PIXEL || !f->red_mask || !f->green_mask || !f->blue_mask ||
	    f->red_mask & f->green_mask || (f->red_mask | f->green_mask) & f->blue_mask)
		return "not 32 bits per pixel";
	if (v->stride % BYTES_PIXEL || !f->width || !f->height ||
	    f->width > f->stride / BYTES_PIXEL || !f->mem.base ||
	    !ends_by(f->mem.base, f->mem.size, ARCH_REACH))
		return "impossible size or address";
	return raw_apart(&f->mem) ? NULL : "overlaps the image";
}

static void linux_screen(struct raw *r, const struct linux_screen *v, struct boot_fb *fb)
{
	const char *why;

	struct boot_fb f = {
		.mem = { v->base, (uint64_t)v->stride * v->height },
		.width = v->width, .height = v->height, .stride = v->stride,
		.red_mask = screen_mask(v->red_size, v->red_at),
		.green_mask = screen_mask(v->green_size, v->green_at),
		.blue_mask = screen_mask(v->blue_size, v->blue_at),
		.format = BOOT_FB_MASKS,
	};

	if (v->capabilities & LINUX_SCREEN_64BIT)
		f.mem.base |= (uint64_t)v->base_high << 32;
	if (v->type != LINUX_SCREEN_VESA && v->type != LINUX_SCREEN_EFI)
		return;
	why = screen_fault(v, &f);
	if (why) {
		raw_drop(r, "screen", why, "", &f.mem);
		return;
	}
	if (f.red_mask == 0xff0000 && f.green_mask == 0xff00 && f.blue_mask == 0xff)
		f.format = BOOT_FB_XRGB8888;
	if (f.red_mask == 0xff && f.green_mask == 0xff00 && f.blue_mask == 0xff0000)
		f.format = BOOT_FB_XBGR8888;
	*fb = f;
}

static void linux_e820(struct raw *r, const struct linux_e820 *e, uint32_t n)
{
	pc_ranges(n);
	for (uint32_t i = 0; i < n; i++)
		pc_memory(r, e[i].base, e[i].size, e[i].type);
}

/* 32-bit firmware: the map has the same format, but tables have 32-bit fields. */
static void linux_tables32(struct draft *d, struct raw *r, uint64_t systab)
{
	const struct efi32_system_table *t = (const void *)systab;
	struct efi_configuration_table wide[EFI32_TABLES];

	if (systab % sizeof(uint32_t) || !raw_reach(r, systab, sizeof(*t)) ||
	    t->hdr.signature != EFI_SYSTAB_SIGNATURE || t->table % sizeof(uint32_t) ||
	    !raw_reach(r, t->table,
		       t->tables * (uint64_t)sizeof(struct efi32_configuration_table)))
		return;
	(void)efi_tables(d, wide,
			 efi32_tables((const void *)(uint64_t)t->table, t->tables, wide,
				      EFI32_TABLES));
}

/* Use UEFI's own map: it says more than the loader's e820. False: there is none. */
static bool linux_efi(struct draft *d, struct raw *r, const struct linux_params *p)
{
	struct efi_left left = {
		.systab = wide(p->efi.systab_high, p->efi.systab),
		.map = wide(p->efi.map_high, p->efi.map),
		.size = p->efi.map_size, .desc_size = p->efi.desc_size,
	};

	if (p->efi.signature == LINUX_EFI_32) {
		linux_tables32(d, r, left.systab);
		left.systab = 0;
	} else if (p->efi.signature != LINUX_EFI_64) {
		return false;
	}
	return efi_left_collect(d, r, &left);
}

/* e820 entries for which boot_params has no room, and a seed, which is wiped after use. */
static void linux_data(struct draft *d, struct raw *r, const struct linux_params *p, bool e820)
{
	uint64_t at = p->setup_data;

	for (uint32_t i = 0; i < DATA_MAX; i++) {
		struct linux_setup_data *node = (void *)at;

		if (!raw_reach(r, at, sizeof(*node)) ||
		    !raw_reach(r, at, sizeof(*node) + node->size))
			return;
		if (node->type == LINUX_DATA_E820 && e820)
			linux_e820(r, (const void *)(node + 1),
				   node->size / (uint32_t)sizeof(struct linux_e820));
		if (node->type == LINUX_DATA_SEED) {
			entropy_take(d, node + 1, node->size);
			node->size = 0;
		}
		at = node->next;
	}
}

void linux_collect(struct draft *d, struct raw *r, uint64_t a)
{
	const struct linux_params *p = pc_passed(r, a, sizeof(*p));
	struct boot_info *info = &d->info;
	bool ours, efi;

	if (p->magic != LINUX_MAGIC)
		panic("boot_params at 0x%llx: no setup header", LL(p));
	ours = p->sentinel;
	if (p->loader >> 4 == LINUX_LOADER_KEXEC)
		info->flags |= BOOT_AFTER_OS;
	efi = linux_efi(d, r, p);	/* our own first page has no such signature */
	linux_screen(r, &p->screen, &info->fb);		/* and no such type */
	r->video = info->entry == BOOT_ENTRY_LINUX16 && info->fb.width &&
		   p->most == LINUX_MOST_ANY;
	if (!ours) {
		if (p->acpi_rsdp)
			info->acpi_rsdp = p->acpi_rsdp;
		if (p->secure_boot == LINUX_SECURE_ON)	/* from a Linux that was verified */
			info->flags |= BOOT_SECURE_BOOT;
	}
	if (!efi)
		linux_e820(r, p->e820, MIN(p->e820_count, ARRAY_SIZE(p->e820)));
	linux_data(d, r, p, !efi);
	pc_cmdline(d, r, wide(ours ? 0 : p->cmdline_high, p->cmdline));
	pc_initrd(d, r, wide(ours ? 0 : p->initrd_high, p->initrd),
		  wide(ours ? 0 : p->initrd_size_high, p->initrd_size));
	if (!info->efi_systab)
		bios_find(info);
	pc_machine(d, r);
}
