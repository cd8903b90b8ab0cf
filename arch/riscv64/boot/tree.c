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

static bool begins(const struct fdt_value *v, const char *text)
{
	const size_t len = strlen(text);

	return v->len >= len && !memcmp(v->data, text, len);
}

bool harts_start(struct harts *h, const void *dtb, uint64_t size)
{
	static const char path[] = "/cpus";

	return dtb && fdt_open(&h->f, dtb, size) == OK &&
	       fdt_find(&h->f, path, sizeof(path) - 1, &h->n);
}

bool harts_next(struct harts *h)
{
	static const char names[][12] = { "device_type", "status", "reg" };
	struct fdt_value v[ARRAY_SIZE(names)];

	while (fdt_next_within(&h->f, &h->n, DEPTH_CPU) && h->n.depth == DEPTH_CPU) {
		fdt_get_each(&h->f, &h->n, FDT_NAMES(names), v);
		if (begins(&v[0], "cpu") && !begins(&v[1], "fail") && !begins(&v[1], "disabled") &&
		    fdt_value_number(&v[2], &h->id))
			return true;
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
static bool has_word(const struct harts *h, const char *name, const char *want)
{
	const uint32_t size = (uint32_t)strlen(want);
	struct fdt_value v;
	const char *text;

	if (!fdt_get(&h->f, &h->n, name, &v))
		return false;
	text = v.data;
	for (uint32_t i = 0, start = 0; i < v.len; i++) {
		if (text[i] && text[i] != '_')
			continue;
		if (i - start == size && !memcmp(&text[start], want, size))
			return true;
		start = i + 1;
	}
	return false;
}

struct tree_cpus tree_cpus(const void *dtb, uint64_t size)
{
	static const char want[] = "svpbmt";
	struct tree_cpus out = { 0 };
	struct harts h;

	if (!harts_start(&h, dtb, size))
		return out;
	(void)fdt_number(&h.f, &h.n, "timebase-frequency", &out.hz);
	while (harts_next(&h)) {
		out.svpbmt = has_word(&h, "riscv,isa-extensions", want) ||
			     has_word(&h, "riscv,isa", want);
		if (!out.svpbmt)
			break;
	}
	return out;
}
