/* SPDX-License-Identifier: MIT */
/* tree.c - see tree.h. Devicetree Specification 0.4, 3.6 and 3.8. */
#include "tree.h"
#include "lib/fdt.h"
#include "lib/string.h"

uint64_t tree_number(const void *dtb, uint64_t size, const char *path, const char *name)
{
	struct fdt_value v;
	struct fdt f;

	if (!dtb || fdt_open(&f, dtb, size) != OK || !fdt_property(&f, path, name, &v) ||
	    (v.len != 4 && v.len != 8))
		return 0;
	return fdt_cells(v.data, v.len / 4);
}

/* A property's words end with NUL, or with the underscore of an ISA string. */
static bool has_word(const struct fdt *f, const struct fdt_node *n, const char *name,
		     const char *want)
{
	const uint32_t size = (uint32_t)strlen(want);
	uint32_t start = 0;
	struct fdt_value v;
	const char *text;

	if (!fdt_get(f, n, name, &v))
		return false;
	text = (const char *)v.data;
	for (uint32_t i = 0; i < v.len; i++) {
		if (text[i] && text[i] != '_')
			continue;
		if (i - start == size && !memcmp(&text[start], want, size))
			return true;
		start = i + 1;
	}
	return false;
}

bool tree_harts_have(const void *dtb, uint64_t size, const char *extension)
{
	struct fdt_node n = { 0 };
	bool any = false;
	struct fdt f;

	if (!dtb || fdt_open(&f, dtb, size) != OK)
		return false;
	while (fdt_next(&f, &n)) {
		if (!has_word(&f, &n, "device_type", "cpu") ||
		    has_word(&f, &n, "status", "disabled"))
			continue;
		any = has_word(&f, &n, "riscv,isa-extensions", extension) ||
		      has_word(&f, &n, "riscv,isa", extension);
		if (!any)
			return false;
	}
	return any;
}
