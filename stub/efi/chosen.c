/* SPDX-License-Identifier: MIT */
/* chosen.c - where a device tree under UEFI has /chosen (Devicetree Specification 0.4, 3.6). */
#include "stub/efi/efi.h"

bool efi_chosen(struct efi *e, const struct draft *d, struct fdt *f, struct fdt_node *chosen)
{
	const struct boot_range *dtb = &d->module[DRAFT_TREE].mem;

	if (!dtb->size || fdt_open(f, (const void *)dtb->base, dtb->size) != OK) {
		f->blob = NULL;		/* it may be set */
		return false;
	}
	if (!e->chosen && fdt_find(f, FDT_CHOSEN, sizeof(FDT_CHOSEN) - 1, chosen))
		e->chosen = chosen->body[chosen->depth - 1];
	chosen->depth = 1;
	chosen->body[0] = e->chosen;
	return e->chosen;
}
