/* SPDX-License-Identifier: MIT */
/* tree.c - see tree.h. Devicetree Specification 0.4, 3.6 and 3.8. */
#include "tree.h"
#include "lib/fdt.h"

uint64_t tree_number(const void *dtb, uint64_t size, const char *path, const char *name)
{
	struct fdt_value v;
	struct fdt f;

	if (!dtb || fdt_open(&f, dtb, size) != OK || !fdt_property(&f, path, name, &v) ||
	    (v.len != 4 && v.len != 8))
		return 0;
	return fdt_cells(v.data, v.len / 4);
}
