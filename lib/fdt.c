/* SPDX-License-Identifier: MIT */
/*
 * fdt.c - see fdt.h. Section numbers are those of the Devicetree Specification 0.4.
 *
 * Only item_next reads the structure block. It stays inside and always advances, so every loop over
 * it ends.
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

/* What follows a token. */
struct item {
	uint32_t at;		/* node: its name; property: its value */
	uint32_t len;		/* property */
};

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

/* Whether one of the four bytes is 0: only then its top bit becomes set by a borrow. */
static bool has_zero(uint32_t cell)
{
	return (cell - 0x01010101u) & ~cell & 0x80808080u;
}

/*
 * The next token, of a node or, if wanted, of a property; *at advances past it. FDT_END also if it
 * is malformed.
 */
static uint32_t item_next(const struct fdt *f, uint32_t *at, struct item *i, bool properties)
{
	const uint8_t *p = f->blob + *at, *const end = f->blob + f->nodes_end;
	uint32_t token;

	for (;;) {
		if (end - p < CELL)
			return FDT_END;
		token = *(const uint32_t *)p;
		p += CELL;
		if (token == FDT_PROP) {
			uint32_t len;

			if (end - p < 2 * CELL)
				return FDT_END;
			len = be32(p);
			p += 2 * CELL;
			if (len > end - p)
				return FDT_END;
			if (properties) {
				*i = (struct item){ (uint32_t)(p - f->blob), len };
				p += ALIGN_UP(len, CELL);
				break;
			}
			p += ALIGN_UP(len, CELL);
		} else if (token != FDT_NOP) {
			break;
		}
	}
	if (token == FDT_BEGIN_NODE) {
		i->at = (uint32_t)(p - f->blob);
		do {
			if (p == end)
				return FDT_END;		/* the name is not terminated */
			p += CELL;
		} while (!has_zero(((const uint32_t *)p)[-1]));
	} else if (token != FDT_END_NODE && token != FDT_PROP) {
		return FDT_END;
	}
	*at = (uint32_t)(p - f->blob);		/* at most `end`, which is aligned */
	return token;
}

/* A property's name: its offset in the strings block. */
static uint32_t item_name(const struct fdt *f, const struct item *property)
{
	return be32(f->blob + property->at - CELL);
}

bool fdt_next(const struct fdt *f, struct fdt_node *n)
{
	struct item i;

	if (!n->at)
		n->at = f->nodes;
	for (;;) {
		uint32_t before = n->at, token = item_next(f, &n->at, &i, false);

		if (token == FDT_BEGIN_NODE && n->depth < FDT_DEPTH) {
			n->name = i.at;
			n->body[n->depth++] = n->at;
			return true;
		}
		if (token == FDT_END_NODE && n->depth-- > 1)
			continue;
		if (token != FDT_END_NODE && (n->depth || before == f->nodes))
			n->broken = before;
		n->depth = 0;
		n->at = f->nodes_end;		/* so that the next call fails too */
		return false;
	}
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
			if (!fdt_next(f, n) || n->depth <= depth)
				return false;
		} while (n->depth > depth + 1 || !node_is(f, n, name, (uint32_t)(path - name)));
	}
}

static bool property_get(const struct fdt *f, uint32_t body, const char *name, uint32_t name_len,
			 struct fdt_value *out)
{
	const char *strings = (const char *)f->blob + f->strings, *rest;
	struct item i;

	while (item_next(f, &body, &i, true) == FDT_PROP) {
		rest = text_after(strings + item_name(f, &i), f->blob + f->strings_end, name,
				  name_len);
		if (!rest || *rest)
			continue;
		*out = (struct fdt_value){ f->blob + i.at, i.len };
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
	struct item i;
	uint32_t end;

	if (!*at)
		*at = n->body[n->depth - 1];
	if (item_next(f, at, &i, true) != FDT_PROP)
		return false;
	*out = (struct fdt_value){ f->blob + i.at, i.len };
	end = item_name(f, &i);
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

	if (!cells_get(f, bus, &below, &size) || !cells_get(f, parent, &beside, &unused) ||
	    !property_get(f, bus, "ranges", sizeof("ranges") - 1, &v))
		return false;
	p = v.data;
	for (end = p + v.len / CELL; end - p >= below + beside + size; p += below + beside + size) {
		uint64_t offset = *address - fdt_cells(p, below);

		if (offset < fdt_cells(p + below + beside, size)) {
			*address = fdt_cells(p + below, beside) + offset;
			return true;
		}
	}
	return !v.len;				/* empty: the same addresses */
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

SELDOM bool fdt_initrd(const struct fdt *f, const struct fdt_node *chosen, uint64_t *start,
		       uint64_t *end)
{
	return fdt_number(f, chosen, "linux,initrd-start", start) &&
	       fdt_number(f, chosen, "linux,initrd-end", end) && *start != *end;
}

bool fdt_compatible(const struct fdt *f, const struct fdt_node *n, const char *want, uint32_t len)
{
	struct fdt_value v;

	if (!fdt_get(f, n, "compatible", &v))
		return false;
	for (const char *s = v.data, *end = s + v.len; end - s >= len; s++) {
		if (!memcmp(s, want, len))
			return true;
		while (s < end && *s)
			s++;
	}
	return false;
}

SELDOM bool fdt_psci(const struct fdt *f, bool *by_hvc)
{
	static const char wanted[] = "arm,psci-";	/* and a version; 0.1 is plain "arm,psci" */
	struct fdt_node n = { 0 };
	struct fdt_value v;

	while (fdt_next(f, &n)) {
		if (!fdt_compatible(f, &n, wanted, sizeof(wanted) - 1) ||
		    !fdt_get(f, &n, "method", &v) || v.len != sizeof("hvc"))
			continue;
		*by_hvc = !memcmp(v.data, "hvc", v.len);
		return *by_hvc || !memcmp(v.data, "smc", v.len);
	}
	return false;
}
