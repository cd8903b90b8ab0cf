/* SPDX-License-Identifier: MIT */
/*
 * fdt_range.c - see fdt.h: numbers and addresses in a device tree. Pure. Section numbers are those
 * of the Devicetree Specification 0.4.
 */
#include "lib/fdt.h"

#define CELL		4	/* bytes */
#define HEADER_RESERVED	4	/* 5.2: the word off_mem_rsvmap */

uint64_t fdt_cells(const uint32_t *p, uint32_t cells)
{
	return cells == 1 ? __builtin_bswap32(*p) :
	       (uint64_t)__builtin_bswap32(p[0]) << 32 | __builtin_bswap32(p[1]);
}

bool fdt_value_number(const struct fdt_value *v, uint64_t *out)
{
	if (v->len != 4 && v->len != 8)
		return false;
	*out = fdt_cells(v->data, v->len / 4);
	return true;
}

bool fdt_number(const struct fdt *f, const struct fdt_node *n, const char *name, uint64_t *out)
{
	struct fdt_value v;

	return fdt_get(f, n, name, &v) && fdt_value_number(&v, out);
}

/* 2.3.5: the cells of a child's address and size; false if that is more than 64 bits. */
static bool cells_get(const struct fdt *f, uint32_t body, uint32_t *address, uint32_t *size)
{
	static const char names[][16] = { "#address-cells", "#size-cells" };
	struct fdt_value v[ARRAY_SIZE(names)];

	(void)fdt_get_at(f, body, FDT_NAMES(names), v);
	*address = v[0].len == CELL ? (uint32_t)fdt_cells(v[0].data, 1) : 2;
	*size = v[1].len == CELL ? (uint32_t)fdt_cells(v[1].data, 1) : 1;
	return *address - 1 < 2 && *size - 1 < 2;
}

/* 2.3.8: translate an address below a bus to the bus's own level. */
static bool bus_translate(const struct fdt *f, uint32_t bus, uint32_t parent,
			  uint64_t *address)
{
	uint32_t below, size, beside, unused;
	struct fdt_value v;
	const uint32_t *p, *end;

	if (!fdt_get_at(f, bus, "ranges", 0, 1, &v))
		return false;
	if (!v.len)
		return true;			/* the same addresses */
	if (!cells_get(f, bus, &below, &size) || !cells_get(f, parent, &beside, &unused))
		return false;
	p = v.data;
	for (end = p + v.len / CELL; end - p >= below + beside + size; p += below + beside + size) {
		uint64_t offset = *address - fdt_cells(p, below);

		if (offset < fdt_cells(p + below + beside, size)) {
			*address = fdt_cells(p + below, beside) + offset;
			return true;
		}
	}
	return false;
}

bool fdt_range(const struct fdt *f, const struct fdt_node *n, const char *name, uint32_t i,
	       struct boot_range *out)
{
	uint32_t address, size, up = n->depth - 1;	/* body[] of the node, then of a bus */
	const uint32_t *p;
	struct fdt_value v;

	if (!up-- || !cells_get(f, n->body[up], &address, &size) || !fdt_get(f, n, name, &v) ||
	    i >= v.len / ((address + size) * CELL))
		return false;
	p = (const uint32_t *)v.data + i * (address + size);
	out->base = fdt_cells(p, address);
	out->size = fdt_cells(p + address, size);
	for (; up; up--)
		if (!bus_translate(f, n->body[up], n->body[up - 1], &out->base))
			return false;
	return true;
}

bool fdt_reserved(const struct fdt *f, uint32_t i, struct boot_range *out)
{
	const uint32_t at = (uint32_t)fdt_cells((const uint32_t *)f->blob + HEADER_RESERVED, 1);
	const uint32_t *entry = (const uint32_t *)(f->blob + at) + 4 * i;

	if (at % CELL || at > f->size || i >= (f->size - at) / (4 * CELL))
		return false;
	*out = (struct boot_range){ fdt_cells(entry, 2), fdt_cells(entry + 2, 2) };
	return out->base || out->size;
}
