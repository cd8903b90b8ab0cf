/* SPDX-License-Identifier: MIT */
/* pvh.c - collects what a hypervisor passes in PVH's start_info. Xen's docs/misc/pvh.pandoc. */
#include "stub/raw/pc.h"
#include "arch/collect.h"

#define PVH_MODULES	1024	/* a longer list is ignored */

/* A module after the first. Its name is what start_info calls its command line. */
static void pvh_named(struct draft *d, struct raw *r, const struct pvh_module *m)
{
	const char *text = (const char *)m->cmdline;
	struct boot_module module = { .mem = { m->base, m->size }, .kind = BOOT_MODULE_FILE };
	const char *why = NULL;
	struct draft_file *file;
	uint32_t n = 0;

	while (n < DRAFT_NAME && raw_reach(r, m->cmdline, n + 1) && text[n])
		n++;
	if (!m->base || !m->size)
		why = "empty";
	else if (n == DRAFT_NAME)
		why = "its name is too long";
	else if (d->named == DRAFT_FILES)
		why = "too many";
	if (why) {
		raw_drop(r, "module", why, "", &module.mem);
		return;
	}
	raw_module(r, "module", &module);
	if (!module.mem.size)
		return;
	file = draft_named(d, text, n);
	file->mem = module.mem;
}

void pvh_collect(struct draft *d, struct raw *r, uint64_t a,
		 uint32_t (*ask)(void *e820, uint32_t room))
{
	const struct pvh_start *p = pc_passed(r, a, sizeof(*p));
	const struct pvh_module *module;
	struct linux_e820 e820[128];
	const char *map = (const char *)e820;	/* whose entries begin like start_info's */
	uint32_t n, step = sizeof(e820[0]);

	if (p->magic != PVH_MAGIC)
		panic("start_info at 0x%llx: wrong magic", LL(p));
	if (p->version &&
	    raw_reach(r, p->memmap, p->memmap_count * sizeof(struct pvh_memmap))) {
		map = (const char *)p->memmap;
		n = p->memmap_count;
		step = sizeof(struct pvh_memmap);
	} else {
		n = ask(e820, ARRAY_SIZE(e820));
	}
	if (!n)
		panic("start_info at 0x%llx: no memory map", LL(p));
	pc_ranges(n);
	for (uint32_t i = 0; i < n; i++, map += step) {
		const struct linux_e820 *m = (const void *)map;

		pc_memory(r, m->base, m->size, m->type);
	}
	pc_cmdline(d, r, p->cmdline);
	d->info.acpi_rsdp = p->rsdp;
	if (p->modules &&
	    (p->modules > PVH_MODULES || !raw_reach(r, p->module, p->modules * sizeof(*module)))) {
		raw_drop(r, "list of modules",
			 p->modules > PVH_MODULES ? "too many" : "not in memory", "",
			 &(struct boot_range){ p->module, p->modules * sizeof(*module) });
	} else {
		module = (const void *)p->module;
		for (uint32_t i = 0; i < p->modules; i++)
			if (i)
				pvh_named(d, r, &module[i]);
			else
				pc_initrd(d, r, module->base, module->size);
	}
	bios_find(&d->info);		/* start_info may lack the RSDP, and never has SMBIOS */
	pc_machine(d, r);
}
