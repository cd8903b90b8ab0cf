/* SPDX-License-Identifier: MIT */
/* fdt_text.c - see fdt_text.h. */
#include "kernel/firmware/fdt_text.h"
#include "kernel/firmware/fields.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define VALUE_MAX	4096u	/* bytes of a property that are printed */
#define NAME_MAX	64	/* characters of its name; the specification allows 31 */
#define CELL		4

static bool printable(uint8_t c)
{
	return c >= ' ' && c < 0x7f;
}

/* Printable or blank characters, a NUL at the end, not more NULs than characters. */
static bool is_text(const uint8_t *p, uint32_t size)
{
	uint32_t ends = 0;

	for (uint32_t i = 0; i < size; i++) {
		if (!printable(p[i]) && p[i] && (p[i] < '\a' || p[i] > '\r'))
			return false;
		ends += !p[i];
	}
	return size && !p[size - 1] && ends <= size - ends;
}

static void text_print(const uint8_t *p, uint32_t size)
{
	console_write("\"", 1);
	for (uint32_t i = 0; i + 1 < size; i++) {
		if (!p[i])
			console_print("\", \"");
		else if (!printable(p[i]))
			console_print("\\x%02x", p[i]);
		else
			console_print("%s%c", p[i] == '"' || p[i] == '\\' ? "\\" : "", p[i]);
	}
	console_write("\"", 1);
}

static void value_print(const struct fdt_value *v)
{
	const uint32_t size = MIN(v->len, VALUE_MAX);
	const uint8_t *p = v->data;
	const bool cells = v->len % CELL == 0;

	if (!size)
		return;
	console_print(" = ");
	if (is_text(p, v->len) && size == v->len) {
		text_print(p, size);
		return;
	}
	console_print(cells ? "<" : "[");
	for (uint32_t i = 0; i < size; i += cells ? CELL : 1) {
		if (i)
			console_write(" ", 1);
		if (cells)
			console_print("0x%02x", __builtin_bswap32(*(const uint32_t *)(p + i)));
		else
			console_print("%02x", p[i]);
	}
	console_print(cells ? ">" : "]");
	if (v->len > size)
		console_print(" /* and %u bytes more */", v->len - size);
}

static void indent(uint32_t depth)
{
	while (depth--)
		console_write("\t", 1);
}

static bool properties_print(const struct fdt *f, const struct fdt_node *n, uint32_t depth,
			     bool (*stopped)(void))
{
	struct fdt_value value;
	const char *name;
	uint32_t at = 0;

	while (fdt_property_next(f, n, &at, &name, &value)) {
		indent(depth);
		if (name)
			fields_text(name, (uint32_t)MIN(strlen(name), NAME_MAX));
		else
			console_print("/* error: no name */");
		value_print(&value);
		console_print(";\n");
		if (stopped())
			return false;
	}
	return true;
}

static void node_end(uint32_t depth)
{
	indent(depth);
	console_print("};\n");
}

bool fdt_text_node(const struct fdt *f, struct fdt_node *n, bool (*stopped)(void))
{
	const uint32_t top = n->depth;
	uint32_t depth = top;		/* of the node that was begun last */

	do {
		const char *name = (const char *)f->blob + n->name;

		if (!*name)
			name = "/";
		indent(n->depth - top);
		fields_text(name, (uint32_t)strlen(name));
		console_print(" {\n");
		depth = n->depth;
		if (!properties_print(f, n, depth - top + 1, stopped))
			return false;
		if (!fdt_next(f, n))
			n->depth = 0;
		for (uint32_t next = MAX(n->depth, top); depth + 1 > next; depth--)
			node_end(depth - top);
	} while (n->depth > top);
	return true;
}

void fdt_text_reserved(const struct fdt *f)
{
	struct boot_range r;

	for (uint32_t i = 0; fdt_reserved(f, i, &r); i++)
		console_print("/memreserve/ 0x%llx 0x%llx;\n", LL(r.base), LL(r.size));
}
