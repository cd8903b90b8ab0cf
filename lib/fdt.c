/* SPDX-License-Identifier: MIT */
/*
 * fdt.c - see fdt.h. Section numbers are those of the Devicetree Specification 0.4.
 *
 * Only property_at and fdt_next_within read the structure block. They stay inside, and each turn of
 * a loop over it advances, so every loop ends.
 */
#include "lib/fdt.h"
#include "lib/string.h"

/* Header, 5.2 */
#define FDT_MAGIC		0xd00dfeed
#define FDT_VERSION		17
#define HEADER_TOTALSIZE	0x04
#define HEADER_OFF_STRUCT	0x08
#define HEADER_OFF_STRINGS	0x0c
#define HEADER_OFF_RESERVED	0x10
#define HEADER_VERSION		0x14
#define HEADER_LAST_COMP	0x18
#define HEADER_SIZE_STRINGS	0x20
#define HEADER_SIZE_STRUCT	0x24

/* Tokens, 5.4.1, as they are in memory */
#define FDT_BEGIN_NODE		__builtin_bswap32(1)
#define FDT_END_NODE		__builtin_bswap32(2)
#define FDT_PROP		__builtin_bswap32(3)
#define FDT_NOP			__builtin_bswap32(4)
#define FDT_END			__builtin_bswap32(9)

#define CELL			4	/* bytes of a cell, and of a token */
#define PROPERTY		(3 * CELL)	/* of a property before its value */

/* A cell. fdt_open has checked that everything in the blob is aligned. */
static uint32_t be32(const void *p)
{
	return __builtin_bswap32(*(const uint32_t *)p);
}

SELDOM status_t fdt_open(struct fdt *f, const void *blob, uint64_t available)
{
	const uint8_t *b = blob;
	uint32_t nodes_size, strings_size;

	if (available < FDT_HEADER)
		return ERR_TOO_SMALL;
	if ((uintptr_t)b % CELL || be32(b) != FDT_MAGIC ||
	    be32(b + HEADER_VERSION) < FDT_VERSION ||
	    be32(b + HEADER_LAST_COMP) > FDT_VERSION)
		return ERR_BAD_FORMAT;
	*f = (struct fdt){
		.blob = b, .size = be32(b + HEADER_TOTALSIZE),
		.nodes = be32(b + HEADER_OFF_STRUCT), .strings = be32(b + HEADER_OFF_STRINGS),
	};
	if (f->size > available)
		return ERR_TOO_SMALL;
	nodes_size = be32(b + HEADER_SIZE_STRUCT);
	strings_size = be32(b + HEADER_SIZE_STRINGS);
	if (f->size > FDT_MAX || f->nodes % CELL || f->nodes > f->size || f->strings > f->size ||
	    nodes_size > f->size - f->nodes || strings_size > f->size - f->strings)
		return ERR_BAD_FORMAT;
	f->nodes_end = f->nodes + ALIGN_DOWN(nodes_size, CELL);
	f->strings_end = f->strings + strings_size;
	return OK;
}

SELDOM bool fdt_salvage(struct fdt *f, const void *blob)
{
	const uint8_t *b = blob;

	if ((uintptr_t)b % CELL || be32(b) != FDT_MAGIC)
		return false;
	*f = (struct fdt){ b, .size = FDT_MAX, .nodes_end = FDT_MAX, .strings_end = FDT_MAX };
	f->nodes = (uint32_t)ALIGN_DOWN(MIN(be32(b + HEADER_OFF_STRUCT), FDT_MAX), CELL);
	f->strings = MIN(be32(b + HEADER_OFF_STRINGS), (uint32_t)FDT_MAX);
	return true;
}

uint64_t fdt_size(const struct fdt *f)
{
	return f->size;
}

/*
 * The same, in fewer instructions if it is small and the CPU cannot reverse bytes. 64 bits, as it
 * is added to addresses.
 */
static uint64_t be32_small(uintptr_t p)
{
	const uint64_t cell = *(const uint32_t *)p;

	return ARCH_SWAPS || cell << 40 ? __builtin_bswap32((uint32_t)cell) : cell >> 24;
}

static uint64_t be32_medium(uintptr_t p)
{
	const uint64_t cell = *(const uint32_t *)p;

	return ARCH_SWAPS || cell << 48 ? __builtin_bswap32((uint32_t)cell) :
	       cell >> 24 | (cell >> 8 & 0xff00);
}

static uint32_t token_at(uintptr_t p)
{
	return *(const uint32_t *)p;
}

/* Where the property at p ends: perhaps not in the block. */
static uintptr_t property_end(uintptr_t p)
{
	return p + PROPERTY + ALIGN_UP(be32_small(p + CELL), CELL);
}

/*
 * Whether one of the four bytes is 0: only then its top bit becomes set by a borrow. In ASCII, the
 * first half says all.
 */
static bool has_zero(uint32_t cell)
{
	const uint32_t set = (cell - 0x01010101u) & 0x80808080u;

	return set && set & ~cell;
}

/* The next property, from p on; 0 if something else follows. Its end is not checked. */
static uintptr_t property_at(uintptr_t p, uintptr_t end)
{
	for (; p <= end - PROPERTY; p += CELL) {
		if (token_at(p) == FDT_PROP)
			return p;
		if (token_at(p) != FDT_NOP)
			break;
	}
	return 0;
}

/* Its name: an offset in the strings block. */
static uint64_t property_name(uintptr_t p)
{
	return be32_medium(p + 2 * CELL);
}

static struct fdt_value property_value(uintptr_t p)
{
	return (struct fdt_value){ (const void *)(p + PROPERTY), be32((const void *)(p + CELL)) };
}

bool fdt_next_within(const struct fdt *f, struct fdt_node *n, uint32_t depth)
{
	const uintptr_t blob = (uintptr_t)f->blob, end = blob + f->nodes_end;
	uintptr_t p = blob + (n->at ? n->at : f->nodes), at = p, name;
	bool first = p == blob + f->nodes;
	uint32_t token;

	for (;;) {
		while (p <= end - PROPERTY && token_at(p) == FDT_PROP) {
			at = p;
			p = property_end(p);
		}
		if (p <= end)
			at = p;
		if (p >= end) {
			token = FDT_END;	/* the block ends before the root does */
			break;
		}
		token = token_at(p);
		p += CELL;
		if (token == FDT_NOP || (token == FDT_END_NODE && n->depth-- > 1))
			continue;
		if (token != FDT_BEGIN_NODE || n->depth == FDT_DEPTH)
			break;
		for (name = p; p < end && !has_zero(token_at(p)); p += CELL)
			;
		if (p >= end)
			break;			/* the name is not terminated */
		p += CELL;
		n->body[n->depth++] = (uint32_t)(p - blob);
		if (n->depth > depth)
			continue;
		n->at = (uint32_t)(p - blob);
		n->name = (uint32_t)(name - blob);
		return true;
	}
	if (token != FDT_END_NODE && (n->depth || first))
		n->broken = (uint32_t)(at - blob);
	n->depth = 0;
	n->at = f->nodes_end;		/* so that the next call fails too */
	return false;
}

/* What follows in [text, end) if that begins with `name`, of `len` bytes or terminated; or NULL. */
static const char *text_after(const char *text, const void *end, const char *name, uint32_t len)
{
	for (; len && *name; len--)
		if (text >= (const char *)end || *text++ != *name++)
			return NULL;
	return text < (const char *)end ? text : NULL;
}

/* 2.2.3: a path may omit the part from '@' on if it stays unambiguous. */
static bool node_is(const struct fdt *f, const struct fdt_node *n, const char *name, uint32_t len)
{
	const char *rest = text_after((const char *)f->blob + n->name, f->blob + f->nodes_end,
				      name, len);

	return rest && (!*rest || *rest == '@');
}

bool fdt_named(const struct fdt *f, const struct fdt_node *n, const char *name)
{
	return node_is(f, n, name, UINT32_MAX);
}

bool fdt_find(const struct fdt *f, const char *path, uint32_t len, struct fdt_node *n)
{
	const char *end = path + len, *name;

	*n = (struct fdt_node){ 0 };
	if (!len || *path != '/' || !fdt_next(f, n))
		return false;
	for (uint32_t depth = 1;; depth++) {
		while (path < end && *path == '/')
			path++;
		for (name = path; path < end && *path != '/'; path++)
			;
		if (name == path)
			return true;
		do {
			if (!fdt_next_within(f, n, depth + 1) || n->depth <= depth)
				return false;
		} while (!node_is(f, n, name, (uint32_t)(path - name)));
	}
}

static bool property_get(const struct fdt *f, uint32_t body, const char *name, uint32_t name_len,
			 struct fdt_value *out)
{
	const char *const strings = (const char *)f->blob + f->strings, *rest;
	const uint32_t size = f->strings_end - f->strings;
	const uintptr_t end = (uintptr_t)f->blob + f->nodes_end;
	uintptr_t p = (uintptr_t)f->blob + body, next;

	for (; (p = property_at(p, end)) && (next = property_end(p)) <= end; p = next) {
		const uint64_t at = property_name(p);

		if (at >= size || (name_len && strings[at] != *name))	/* nearly all others */
			continue;
		rest = text_after(strings + at, strings + size, name, name_len);
		if (!rest || *rest)
			continue;
		*out = property_value(p);
		return true;
	}
	return false;
}

bool fdt_get(const struct fdt *f, const struct fdt_node *n, const char *name,
	     struct fdt_value *out)
{
	return property_get(f, n->body[n->depth - 1], name, UINT32_MAX, out);
}

SELDOM bool fdt_property_next(const struct fdt *f, const struct fdt_node *n, uint32_t *at,
			      const char **name, struct fdt_value *out)
{
	const uintptr_t blob = (uintptr_t)f->blob;
	uintptr_t end = blob + f->nodes_end;
	uintptr_t p = property_at(blob + (*at ? *at : n->body[n->depth - 1]), end);

	if (!p || property_end(p) > end)
		return false;
	*at = (uint32_t)(property_end(p) - blob);
	*out = property_value(p);
	end = property_name(p);
	*name = (const char *)f->blob + f->strings + end;
	for (; end < f->strings_end - f->strings; end++)
		if (!f->blob[f->strings + end])
			return true;
	*name = NULL;
	return true;
}

SELDOM bool fdt_alias(const struct fdt *f, const char *name, uint32_t len, struct fdt_node *n)
{
	struct fdt_value v;

	return fdt_find(f, "/aliases", sizeof("/aliases") - 1, n) &&
	       property_get(f, n->body[n->depth - 1], name, len, &v) && v.len &&
	       fdt_find(f, v.data, v.len - 1, n);	/* without the NUL */
}

bool fdt_property(const struct fdt *f, const char *path, const char *name, struct fdt_value *out)
{
	struct fdt_node n;

	return fdt_find(f, path, (uint32_t)strlen(path), &n) && fdt_get(f, &n, name, out);
}

/* A property of one cell. */
static uint32_t property_cell(const struct fdt *f, uint32_t body, const char *name,
			      uint32_t absent)
{
	struct fdt_value v;

	return property_get(f, body, name, UINT32_MAX, &v) && v.len == CELL ?
	       be32(v.data) : absent;
}

/* 2.3.5: the cells of a child's address and size; false if that is more than 64 bits. */
static bool cells_get(const struct fdt *f, uint32_t body, uint32_t *address, uint32_t *size)
{
	*address = property_cell(f, body, "#address-cells", 2);
	*size = property_cell(f, body, "#size-cells", 1);
	return *address - 1 < 2 && *size - 1 < 2;
}

SELDOM uint64_t fdt_cells(const uint32_t *p, uint32_t cells)
{
	return cells == 1 ? be32(p) : (uint64_t)be32(p) << 32 | be32(p + 1);
}

/* 2.3.8: translate an address below a bus to the bus's own level. */
SELDOM static bool bus_translate(const struct fdt *f, uint32_t bus, uint32_t parent,
				 uint64_t *address)
{
	uint32_t below, size, beside, unused;
	struct fdt_value v;
	const uint32_t *p, *end;

	if (!property_get(f, bus, "ranges", sizeof("ranges") - 1, &v))
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

SELDOM bool fdt_range(const struct fdt *f, const struct fdt_node *n, const char *name,
		      uint32_t i, struct boot_range *out)
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

SELDOM bool fdt_reserved(const struct fdt *f, uint32_t i, struct boot_range *out)
{
	const uint32_t at = be32(f->blob + HEADER_OFF_RESERVED);
	const uint32_t *entry = (const uint32_t *)(f->blob + at) + 4 * i;

	if (at % CELL || at > f->size || i >= (f->size - at) / (4 * CELL))
		return false;
	*out = (struct boot_range){ fdt_cells(entry, 2), fdt_cells(entry + 2, 2) };
	return out->base || out->size;
}

SELDOM bool fdt_number(const struct fdt *f, const struct fdt_node *n, const char *name,
		       uint64_t *out)
{
	struct fdt_value v;

	if (!fdt_get(f, n, name, &v) || (v.len != CELL && v.len != 2 * CELL))
		return false;
	*out = fdt_cells(v.data, v.len / CELL);
	return true;
}
