/* SPDX-License-Identifier: MIT */
/* harts.c - see harts.h. */
#include "harts.h"
#include "lib/string.h"

#define DEPTH_CPUS	2
#define DEPTH_CPU	3

bool harts_start(struct harts *h, const struct machine *m)
{
	*h = (struct harts){ 0 };
	return m->dtb && fdt_open(&h->f, m->dtb, m->dtb_size) == OK;
}

static bool value_is(struct harts *h, const struct fdt_node *n, const char *name, const char *text)
{
	struct fdt_value v;

	return fdt_get(&h->f, n, name, &v) && v.len >= strlen(text) &&
	       !memcmp(v.data, text, strlen(text));
}

static bool is_hart(struct harts *h, const struct fdt_node *n)
{
	struct fdt_value v;

	if (!h->inside || n->depth != DEPTH_CPU || !value_is(h, n, "device_type", "cpu") ||
	    value_is(h, n, "status", "fail") || value_is(h, n, "status", "disabled") ||
	    !fdt_get(&h->f, n, "reg", &v) || (v.len != 4 && v.len != 8))
		return false;
	h->id = fdt_cells(v.data, v.len / 4);
	return true;
}

/* Its interrupt controller is a child. */
static uint32_t controller_of(struct harts *h, struct fdt_node n)
{
	uint64_t phandle;

	while (fdt_next(&h->f, &n) && n.depth > DEPTH_CPU)
		if (fdt_compatible(&h->f, &n, "riscv,cpu-intc", sizeof("riscv,cpu-intc")) &&
		    fdt_number(&h->f, &n, "phandle", &phandle))
			return (uint32_t)phandle;
	return 0;
}

bool harts_next(struct harts *h)
{
	while (fdt_next(&h->f, &h->n)) {
		if (h->n.depth <= DEPTH_CPUS) {
			if (h->inside)
				return false;
			h->inside = h->n.depth == DEPTH_CPUS && fdt_named(&h->f, &h->n, "cpus");
		}
		if (is_hart(h, &h->n)) {
			h->controller = controller_of(h, h->n);
			return true;
		}
	}
	return false;
}
