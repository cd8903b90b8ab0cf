/* SPDX-License-Identifier: MIT */
/* rhct.c - see rhct.h. Reads nodes of two types: ISA strings, and harts. */
#include "rhct.h"
#include "lib/string.h"

#define NODE_ISA	0
#define NODE_HART	0xffff
#define ISA_MOST	2048		/* bytes of a string that are read, for each hart */

struct rhct {
	struct acpi_header header;	/* "RHCT" */
	uint32_t flags;
	uint64_t hz;
	uint32_t nodes, offset;		/* of the first node, from the table's start */
} ACPI_PACKED;
ACPI_OFFSET(rhct, hz, 40);
ACPI_OFFSET(rhct, offset, 52);

struct rhct_node {
	uint16_t type, length, revision;
} ACPI_PACKED;

struct rhct_isa {
	struct rhct_node node;
	uint16_t size;			/* with its NUL */
	char text[];
} ACPI_PACKED;

struct rhct_hart {
	struct rhct_node node;
	uint16_t count;
	uint32_t uid;
	uint32_t offset[];		/* of the nodes that describe it, from the table's start */
} ACPI_PACKED;

uint64_t rhct_hz(const struct acpi_header *table)
{
	const struct rhct *t = (const void *)table;

	return table && table->length >= offsetof(struct rhct, nodes) ? t->hz : 0;
}

/* The node at an offset, wholly inside the table and with `least` bytes; or NULL. */
static const struct rhct_node *node_at(const struct rhct *t, uint32_t offset, uint32_t least)
{
	const struct rhct_node *n = (const void *)((const uint8_t *)t + offset);
	const uint32_t length = t->header.length;

	if (offset < sizeof(*t) || !ends_by(offset, sizeof(*n), length) ||
	    n->length < least || !ends_by(offset, n->length, length))
		return NULL;
	return n;
}

/* Extensions end with an underscore or at the end. */
static bool isa_has(const struct rhct_isa *isa, const char *want)
{
	const uint32_t size = (uint32_t)strlen(want);
	const uint32_t room = isa->node.length - (uint32_t)sizeof(*isa);
	uint32_t start = 0, end = MIN(MIN(isa->size, room), ISA_MOST);

	for (uint32_t i = 0; i <= end; i++) {
		const char c = i < end ? isa->text[i] : 0;

		if (c && c != '_')
			continue;
		if (i - start == size && !memcmp(&isa->text[start], want, size))
			return true;
		if (!c)
			return false;
		start = i + 1;
	}
	return false;
}

static bool hart_has(const struct rhct *t, const struct rhct_hart *h, const char *want)
{
	const uint32_t room = (h->node.length - (uint32_t)sizeof(*h)) / sizeof(*h->offset);

	for (uint32_t i = 0; i < MIN(h->count, room); i++) {
		const struct rhct_node *n = node_at(t, h->offset[i], sizeof(*n));

		if (n && n->type == NODE_ISA && n->length >= sizeof(struct rhct_isa))
			return isa_has((const void *)n, want);	/* a hart has one string */
	}
	return false;
}

bool rhct_harts_have(const struct acpi_header *table, const char *extension)
{
	const struct rhct *t = (const void *)table;
	bool any = false;
	uint32_t at;

	if (!table || table->length < sizeof(*t))
		return false;
	at = t->offset;
	for (uint32_t i = 0; i < t->nodes; i++) {
		const struct rhct_node *n = node_at(t, at, sizeof(*n));

		if (!n)
			return false;
		at += n->length;
		if (n->type != NODE_HART)
			continue;
		any = n->length >= sizeof(struct rhct_hart) &&
		      hart_has(t, (const void *)n, extension);
		if (!any)
			return false;
	}
	return any;
}
