/* SPDX-License-Identifier: MIT */
/*
 * fdt_range.c - see fdt.h: numbers and addresses in a device tree. Pure. Section numbers are those
 * of the Devicetree Specification 0.4.
 */
#include "lib/fdt.h"

#define CELL		4	/* bytes */
#define HEADER_RESERVED	4	/* 5.2: the word off_mem_rsvmap */

static uint64_t be32(const uint32_t *p)
{
	return __builtin_bswap32(*p);
}

static uint64_t be64(const uint32_t *p)
{
	return be32(p) << 32 | be32(p + 1);
}

/* Not inlined: a copy is larger than a call. */
__attribute__((noinline)) uint64_t fdt_cells(const uint32_t *p, uint32_t cells)
{
	return cells == 1 ? be32(p) : be64(p);
}

bool fdt_value_number(const struct fdt_value *v, uint64_t *out)
{
	if (v->len == CELL)
		*out = be32(v->data);
	else if (v->len == 2 * CELL)
		*out = be64(v->data);
	else
		return false;
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
	*address = v[0].len == CELL ? (uint32_t)be32(v[0].data) : 2;
	*size = v[1].len == CELL ? (uint32_t)be32(v[1].data) : 1;
	return *address - 1 < 2 && *size - 1 < 2;
}

/* 2.3.8: translate an address below a bus to the bus's own level. */
static bool bus_translate(const struct fdt *f, uint32_t bus, uint32_t parent,
			  uint64_t *address)
{
	uint32_t below, size, beside, unused;
	struct fdt_value v;
	const uint32_t *p, *end;

	if (fdt_get_at(f, bus, "ranges", 0, 1, &v))
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

bool fdt_ranges_next(const struct fdt *f, const struct fdt_node *n, const char *name,
		     struct fdt_ranges *r, struct boot_range *out)
{
	uint32_t up = n->depth - 2;	/* body[] of the parent, then of a bus */
	struct fdt_value v;
	const uint32_t *p;

	if (!r->first) {
		if (n->depth < 2 || !fdt_get(f, n, name, &v))
			return false;
		r->first = v.data;
		if (!cells_get(f, n->body[up], &r->address, &r->size))
			return false;
		r->count = v.len / ((r->address + r->size) * CELL);
	}
	if (r->i >= r->count)
		return false;
	p = r->first + r->i++ * (r->address + r->size);
	out->base = fdt_cells(p, r->address);
	out->size = fdt_cells(p + r->address, r->size);
	for (; up; up--)
		if (!bus_translate(f, n->body[up], n->body[up - 1], &out->base) && !r->anyway)
			return false;
	return true;
}

bool fdt_range(const struct fdt *f, const struct fdt_node *n, const char *name, uint32_t i,
	       struct boot_range *out)
{
	struct fdt_ranges r = { .first = NULL, .i = i };

	return fdt_ranges_next(f, n, name, &r, out);
}

bool fdt_reserved(const struct fdt *f, uint32_t i, struct boot_range *out)
{
	const uint32_t at = (uint32_t)be32((const uint32_t *)f->blob + HEADER_RESERVED);
	const uint32_t *entry = (const uint32_t *)(f->blob + at) + 4 * i;

	if (at % CELL || at > f->end || i >= (f->end - at) / (4 * CELL))
		return false;
	*out = (struct boot_range){ be64(entry), be64(entry + 2) };
	return out->base || out->size;
}
