/* SPDX-License-Identifier: MIT */
/*
 * tree.c - what a device tree under UEFI reserves, in /reserved-memory (Devicetree Specification
 * 0.4, 3.5) or in its reservation block (5.3).
 *
 * Firmware's map should reserve it too, but U-Boot lists reservations without no-map as boot
 * services memory, which the kernel may reuse. Runs before the initrd and the arena are placed.
 */
#include "stub/efi/efi.h"
#include "arch/boot.h"
#include "lib/fdt.h"

#define RESERVED	"/reserved-memory"

/*
 * The walk's state. A reservation that begins where the tree or its initrd does, and covers nothing
 * else, is not recorded. One elsewhere in the initrd is: the initrd may be absent, or not be used.
 */
struct tree {
	struct draft *d;
	struct boot_range own[3];	/* ascending: [1] is the tree, [0] or [2] its initrd */
	bool full, unread;
};

static void keep_add(struct tree *t, uint64_t base, uint64_t end, uint32_t type)
{
	struct draft *d = t->d;

	if (base >= end)
		return;
	if (d->keeps == DRAFT_KEEPS) {
		t->full = true;
		return;
	}
	d->keep[d->keeps++] = (struct boot_mem){ .base = base, .size = end - base, .type = type };
}

/* Pages that also hold the tree or the initrd become NVS: readable, and never given out. */
static void keep_reserved(struct tree *t, const struct boot_range *mem)
{
	const uint64_t top = mem->base + MIN(mem->size, UINT64_MAX - PAGE_SIZE - mem->base);
	const uint64_t end = ALIGN_UP(top, PAGE_SIZE);
	uint64_t at = ALIGN_DOWN(mem->base, PAGE_SIZE);

	if (!mem->size || mem->base > UINT64_MAX - PAGE_SIZE)
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(t->own); i++) {
		const struct boot_range *own = &t->own[i];
		const uint64_t from = ALIGN_DOWN(own->base, PAGE_SIZE);
		const uint64_t to = ALIGN_UP(own->base + own->size, PAGE_SIZE);

		if (from >= end || to <= at)	/* an absent one ends at 0 */
			continue;
		if (mem->base - own->base < PAGE_SIZE && end <= to)
			return;			/* it covers nothing else */
		keep_add(t, at, from, BOOT_MEM_RESERVED);
		keep_add(t, MAX(at, from), MIN(end, to), BOOT_MEM_NVS);
		at = MAX(at, to);
	}
	keep_add(t, at, end, BOOT_MEM_RESERVED);
}

/* 3.5: there is one such node, so what follows it is not looked at. */
static void tree_walk(struct tree *t, const struct fdt *f)
{
	struct fdt_ranges regs;
	struct boot_range mem;
	struct fdt_node n;

	for (uint32_t i = 0; fdt_reserved(f, i, &mem); i++)
		keep_reserved(t, &mem);
	if (!fdt_find(f, RESERVED, sizeof(RESERVED) - 1, &n))
		return;
	while (fdt_next_within(f, &n, 3) && n.depth == 3) {
		if (!fdt_enabled(f, &n))
			continue;
		regs = (struct fdt_ranges){ .anyway = true };	/* see dtb.c */
		while (fdt_ranges_next(f, &n, "reg", &regs, &mem))
			keep_reserved(t, &mem);
		t->unread |= regs.first && !regs.i;
	}
	t->unread |= n.broken;
}

status_t efi_tree_reserved(struct efi *e, struct draft *d)
{
	struct tree t = { .d = d, .own = { [1] = d->module[DRAFT_TREE].mem } };
	struct fdt_node chosen;
	uint64_t start, end;
	struct fdt f;

	if (efi_chosen(e, d, &f, &chosen) && fdt_initrd(&f, &chosen, &start, &end) &&
	    start < end && end <= ARCH_REACH)
		t.own[start < t.own[1].base ? 0 : 2] = (struct boot_range){ start, end - start };
	if (!f.blob)
		return OK;
	tree_walk(&t, &f);
	if (t.unread)
		efi_print(e, "warning: %s cannot be read", RESERVED);
	if (!t.full)
		return OK;
	efi_print(e, "error: device tree at 0x%llx: more than %u reserved ranges",
		  LL(d->module[DRAFT_TREE].mem.base), (uint32_t)DRAFT_KEEPS);
	return ERR_UNSUPPORTED;
}
