/* SPDX-License-Identifier: MIT */
/*
 * fdt.c - see fdt.h. Section numbers are those of the Devicetree Specification 0.4.
 *
 * Only walk, fdt_get_at and fdt_property_next read the structure block, and what compares names
 * that walk has found to be terminated. They stay inside, and each turn of a loop over it advances,
 * so every loop ends.
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

/* The same, byte by byte. 64 bits, as it is added to addresses. */
static uint64_t be32_bytes(uintptr_t p)
{
	const uint8_t *b = (const uint8_t *)p;
	uint64_t high = (uint64_t)b[0] << 8 | b[1];

	__asm__("" : "+r"(high));	/* or these become one word and constants */
	return high << 16 | (uint64_t)b[2] << 8 | b[3];
}

/* The same, in fewer instructions below 256 if the CPU cannot reverse bytes. */
static uint64_t be32_small(uintptr_t p)
{
	const uint64_t cell = *(const uint32_t *)p;
	uint64_t others = cell << 40;

	if (ARCH_SWAPS)
		return __builtin_bswap32((uint32_t)cell);
	__asm__("" : "+r"(others));	/* a shift is enough: no mask */
	return others ? be32_bytes(p) : cell >> 24;
}

/* Below 65,536. */
static uint64_t be32_medium(uintptr_t p)
{
	const uint8_t *b = (const uint8_t *)p;

	if (ARCH_SWAPS)
		return be32(b);
	return *(const uint16_t *)p ? be32_bytes(p) : (uint64_t)b[2] << 8 | b[3];
}

static __attribute__((noinline)) uint32_t be32_called(const void *p)
{
	return be32(p);
}

/* A word of the header: by a call where reversing bytes takes many instructions. */
static uint32_t header(const uint8_t *blob, uint32_t at)
{
	return ARCH_SWAPS ? be32(blob + at) : be32_called(blob + at);
}

MINSIZE status_t fdt_open(struct fdt *f, const void *blob, uint64_t available)
{
	const uint8_t *b = blob;
	uint32_t nodes_size, strings_size, end;

	if (available < FDT_HEADER)
		return ERR_TOO_SMALL;
	if ((uintptr_t)b % CELL || be32(b) != FDT_MAGIC ||
	    header(b, HEADER_VERSION) < FDT_VERSION ||
	    header(b, HEADER_LAST_COMP) > FDT_VERSION)
		return ERR_BAD_FORMAT;
	f->blob = b;
	f->size = header(b, HEADER_TOTALSIZE);
	f->nodes = header(b, HEADER_OFF_STRUCT);
	f->strings = header(b, HEADER_OFF_STRINGS);
	if (FDT_NOTES)
		f->tops = 0;
	if (f->size > available)
		return ERR_TOO_SMALL;
	nodes_size = header(b, HEADER_SIZE_STRUCT);
	strings_size = header(b, HEADER_SIZE_STRINGS);
	if (f->size > FDT_MAX || f->nodes % CELL || !ends_by(f->nodes, nodes_size, f->size) ||
	    !ends_by(f->strings, strings_size, f->size))
		return ERR_BAD_FORMAT;
	f->nodes_end = f->nodes + ALIGN_DOWN(nodes_size, CELL);
	f->strings_end = f->strings + strings_size;
	end = MAX(f->nodes_end, f->strings_end);
	f->end = header(b, HEADER_OFF_RESERVED) < end ? end : f->size;	/* 5.3: of unknown size */
	return OK;
}

MINSIZE bool fdt_salvage(struct fdt *f, const void *blob)
{
	const uint8_t *b = blob;

	if ((uintptr_t)b % CELL || be32(b) != FDT_MAGIC)
		return false;
	f->blob = b;
	f->size = f->end = f->nodes_end = f->strings_end = FDT_MAX;
	f->tops = 0;
	f->nodes = (uint32_t)ALIGN_DOWN(MIN(header(b, HEADER_OFF_STRUCT), FDT_MAX), CELL);
	f->strings = MIN(header(b, HEADER_OFF_STRINGS), (uint32_t)FDT_MAX);
	return true;
}

static uint32_t token_at(uintptr_t p)
{
	return *(const uint32_t *)p;
}

/* Where the property at p ends, which may be outside the block. */
static uintptr_t property_end(uintptr_t p)
{
	return p + ALIGN_UP(PROPERTY + be32_small(p + CELL), CELL);
}

/*
 * Whether one of the four bytes is 0: only then does a borrow set its top bit. In ASCII, the first
 * half of the test is enough.
 */
static bool has_zero(uint32_t cell)
{
	uint32_t set = (cell - 0x01010101u) & 0x80808080u;

	if (!set)
		return false;
	__asm__("" : "+r"(set));
	return set & ~cell;
}

/* A property's name: an offset in the strings block. */
static uint64_t property_name(uintptr_t p)
{
	return be32_medium(p + 2 * CELL);
}

static struct fdt_value property_value(uintptr_t p)
{
	return (struct fdt_value){ (const void *)(p + PROPERTY), (uint32_t)be32_small(p + CELL) };
}

/* 2.2.3: a path may omit the part from '@' on if it stays unambiguous. */
static bool name_ends(char c)
{
	return !c || c == '@';
}

/* Inlined, or walk() would need the stack. */
static inline __attribute__((always_inline))
bool name_is(const char *text, const char *name, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && text[i] == name[i] && text[i])
		i++;
	return i == len && name_ends(text[i]);
}

/*
 * The next node, up to this depth. With a name, the next child of n that has it: `depth` is then
 * that of the children.
 */
static bool walk(const struct fdt *f, struct fdt_node *n, uint32_t depth, const char *name,
		 uint32_t len)
{
	const uintptr_t blob = (uintptr_t)f->blob, end = blob + f->nodes_end;
	const bool first = !n->at;
	uintptr_t p = blob + (first ? f->nodes : n->at), at = p, text;
	uint32_t token, level = n->depth;
	const uint32_t least = name ? level : 1;

	for (;;) {
		while (p <= end - PROPERTY && token_at(p) == FDT_PROP) {
			at = p;
			p = property_end(p);
		}
		if (p >= end) {
			if (p == end)
				at = p;
			token = FDT_END;	/* the block ends before the root does */
			break;
		}
		at = p;
		token = token_at(p);
		p += CELL;
		if (token == FDT_NOP || (token == FDT_END_NODE && level-- > least))
			continue;
		if (token != FDT_BEGIN_NODE)
			break;
		for (text = p; p < end && !has_zero(token_at(p)); p += CELL)
			;
		if (p >= end || level == FDT_DEPTH)
			break;			/* p: the name is not terminated */
		p += CELL;
		n->body[level++] = (uint32_t)(p - blob);
		if (level > depth)
			continue;
		if (name && !name_is((const char *)text, name, len))
			continue;
		n->at = (uint32_t)(p - blob);
		n->name = (uint32_t)(text - blob);
		n->depth = level;
		return true;
	}
	if (first || (token != FDT_END_NODE && level))
		n->broken = (uint32_t)(at - blob);
	n->depth = 0;
	n->at = f->nodes_end;		/* so that the next call fails too */
	return false;
}

bool fdt_next_within(const struct fdt *f, struct fdt_node *n, uint32_t depth)
{
	return walk(f, n, depth, NULL, 0);
}

bool fdt_named(const struct fdt *f, const struct fdt_node *n, const char *name)
{
	const char *text = (const char *)f->blob + n->name;

	while (*name)
		if (*text++ != *name++)
			return false;
	return name_ends(*text);
}

/* walk() from the root without a walk. */
static bool top_find(const struct fdt *f, struct fdt_node *n, const char *name, uint32_t len)
{
	for (uint32_t i = 0; i < f->tops; i++) {
		if (!name_is((const char *)f->blob + f->top[i].name, name, len))
			continue;
		n->at = n->body[1] = f->top[i].body;
		n->name = f->top[i].name;
		n->depth = 2;
		return true;
	}
	return false;
}

bool fdt_find(const struct fdt *f, const char *path, uint32_t len, struct fdt_node *n)
{
	const char *end = path + len, *name;
	bool found;

	n->at = n->depth = n->broken = 0;
	if (!len || *path != '/' || !fdt_next(f, n))
		return false;
	for (uint32_t depth = 1;; depth++) {
		while (path < end && *path == '/')
			path++;
		for (name = path; path < end && *path != '/'; path++)
			;
		if (name == path)
			return true;
		if (FDT_NOTES && depth == 1 && f->tops)
			found = top_find(f, n, name, (uint32_t)(path - name));
		else
			found = walk(f, n, depth + 1, name, (uint32_t)(path - name));
		if (!found)
			return false;
	}
}

/* `name` is NUL-terminated. What is at `text` need not be, and is read only up to `end`. */
static bool text_is(const uint8_t *text, const uint8_t *end, const char *name)
{
	do {
		uint32_t c = (uint8_t)*name++;

		if (*text++ != c)
			return false;
		__asm__("" : "+r"(c), "+r"(text), "+r"(name));	/* two branches, no index */
		if (!c)
			return true;
	} while (text != end);
	return false;
}

uint32_t fdt_get_at(const struct fdt *f, uint32_t body, const char *names, uint32_t stride,
		    uint32_t count, struct fdt_value *out)
{
	const uint8_t *const strings = f->blob + f->strings, *const last = f->blob + f->strings_end;
	const uintptr_t end = (uintptr_t)f->blob + f->nodes_end;
	uintptr_t p = (uintptr_t)f->blob + body, next;
	struct fdt_value *v = out;
	uint32_t left = count;

	do
		*v++ = (struct fdt_value){ 0 };
	while (--left);
	left = count;
	for (; p <= end - PROPERTY; p = next) {
		const char *name = names;
		const uint8_t *text;

		next = p + CELL;
		if (token_at(p) == FDT_NOP)
			continue;
		if (token_at(p) != FDT_PROP || (next = property_end(p)) > end)
			break;
		text = strings + property_name(p);
		if (text >= last)
			continue;
		for (v = out; v != out + count; v++, name += stride) {
			if (!text_is(text, last, name) || v->data)
				continue;
			*v = property_value(p);
			if (!--left)
				return 0;
			break;
		}
	}
	return (uint32_t)(p - (uintptr_t)f->blob);
}

bool fdt_get(const struct fdt *f, const struct fdt_node *n, const char *name,
	     struct fdt_value *out)
{
	return !fdt_get_at(f, n->body[n->depth - 1], name, 0, 1, out);
}

bool fdt_is(const struct fdt_value *v, const char *text)
{
	const size_t size = strlen(text) + 1;

	return v->len == size && !memcmp(v->data, text, size);
}

bool fdt_enabled(const struct fdt *f, const struct fdt_node *n)
{
	struct fdt_value v;

	return !fdt_get(f, n, "status", &v) || fdt_is(&v, "okay") || fdt_is(&v, "ok");
}

void fdt_get_each(const struct fdt *f, const struct fdt_node *n, const char *names,
		  uint32_t stride, uint32_t count, struct fdt_value *out)
{
	(void)fdt_get_at(f, n->body[n->depth - 1], names, stride, count, out);
}

MINSIZE bool fdt_property_next(const struct fdt *f, const struct fdt_node *n, uint32_t *at,
			       const char **name, struct fdt_value *out)
{
	const uintptr_t blob = (uintptr_t)f->blob, end = blob + f->nodes_end;
	const uint8_t *const last = f->blob + f->strings_end, *text;
	uintptr_t p = blob + (*at ? *at : n->body[n->depth - 1]);

	while (p <= end - PROPERTY && token_at(p) == FDT_NOP)
		p += CELL;
	if (p > end - PROPERTY || token_at(p) != FDT_PROP || property_end(p) > end)
		return false;
	*at = (uint32_t)(property_end(p) - blob);
	*out = property_value(p);
	text = f->blob + f->strings + property_name(p);
	for (*name = (const char *)text; text < last; text++)
		if (!*text)
			return true;
	*name = NULL;
	return true;
}
