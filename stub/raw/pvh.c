/* SPDX-License-Identifier: MIT */
/* pvh.c - collects what a hypervisor passes in PVH's start_info. Xen's docs/misc/pvh.pandoc. */
#include "stub/raw/pc.h"
#include "arch/collect.h"

void pvh_collect(struct draft *d, struct raw *r, uint64_t a)
{
	const struct pvh_start *p = pc_passed(r, a, sizeof(*p));
	const struct pvh_memmap *m;
	const struct pvh_module *module;

	if (p->magic != PVH_MAGIC)
		panic("start_info at 0x%llx: not one", LL(p));
	if (!p->version || !raw_reach(r, p->memmap, p->memmap_count * sizeof(*m)))
		panic("start_info at 0x%llx: no memory map", LL(p));
	m = (const void *)p->memmap;
	for (uint32_t i = 0; i < p->memmap_count; i++)
		pc_memory(r, m[i].base, m[i].size, m[i].type);
	pc_cmdline(d, r, p->cmdline);
	d->info.acpi_rsdp = p->rsdp;
	module = (const void *)p->module;
	if (p->modules && raw_reach(r, p->module, sizeof(*module)))
		pc_initrd(d, r, module->base, module->size);
	else if (p->modules)
		raw_drop(r, &(struct raw_drop){ "list of modules", "not in memory", "",
						{ p->module, sizeof(*module) } });
	pc_machine(d, r);
}
