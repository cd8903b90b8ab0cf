/* SPDX-License-Identifier: MIT */
/* tree.c - see tree.h. Devicetree Specification 0.4, 3.6 and 3.8. */
#include "tree.h"
#include "lib/string.h"

#define DEPTH_CPU	3	/* of /cpus/cpu */

uint64_t tree_number(const void *dtb, uint64_t size, const char *path, const char *name)
{
	struct fdt_value v;
	uint64_t number;
	struct fdt f;

	if (!dtb || fdt_open(&f, dtb, size) != OK || !fdt_property(&f, path, name, &v) ||
	    !fdt_value_number(&v, &number))
		return 0;
	return number;
}

bool harts_start(struct harts *h, const void *dtb, uint64_t size)
{
	static const char path[] = "/cpus";

	return dtb && fdt_open(&h->f, dtb, size) == OK &&
	       fdt_find(&h->f, path, sizeof(path) - 1, &h->n);
}

bool harts_next(struct harts *h)
{
	static const char names[][21] = {
		"device_type", "status", "reg", "riscv,isa-extensions", "riscv,isa",
	};
	struct fdt_value v[ARRAY_SIZE(names)];

	while (fdt_next_within(&h->f, &h->n, DEPTH_CPU) && h->n.depth == DEPTH_CPU) {
		fdt_get_each(&h->f, &h->n, FDT_NAMES(names), v);
		if (fdt_is(&v[0], "cpu") && !fdt_failed(&v[1]) && !fdt_is(&v[1], "disabled")) {
			h->id = HART_NONE;
			(void)fdt_value_number(&v[2], &h->id);
			h->isa[0] = v[3];
			h->isa[1] = v[4];
			return true;
		}
	}
	h->n = (struct fdt_node){ .at = h->f.nodes_end };	/* what follows is beside /cpus */
	return false;
}

/* It is a child. */
uint32_t harts_controller(const struct harts *h)
{
	static const char name[] = "riscv,cpu-intc";
	struct fdt_node n = h->n;
	uint64_t phandle;

	while (fdt_next(&h->f, &n) && n.depth > DEPTH_CPU)
		if (fdt_compatible(&h->f, &n, name, sizeof(name)) &&
		    fdt_number(&h->f, &n, "phandle", &phandle))
			return (uint32_t)phandle;
	return 0;
}

/* A property's words end with NUL, or with the underscore of an ISA string. */
static bool has_word(const struct fdt_value *v, const char *want, uint32_t size)
{
	const char *word = v->data;

	for (const char *p = word, *const end = p + v->len; p < end; p++) {
		if (*p && *p != '_')
			continue;
		if (p - word == size && !memcmp(word, want, size))
			return true;
		word = p + 1;
	}
	return false;
}

struct tree_cpus tree_cpus(const void *dtb, uint64_t size)
{
	static const char want[] = "svpbmt";
	const uint32_t len = sizeof(want) - 1;
	struct tree_cpus out = { 0 };
	struct harts h;

	if (!harts_start(&h, dtb, size))
		return out;
	(void)fdt_number(&h.f, &h.n, "timebase-frequency", &out.hz);
	while (harts_next(&h)) {
		out.svpbmt = has_word(&h.isa[0], want, len) || has_word(&h.isa[1], want, len);
		if (!out.svpbmt)
			break;
	}
	return out;
}
