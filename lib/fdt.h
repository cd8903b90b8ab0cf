/* SPDX-License-Identifier: MIT */
/*
 * fdt.h - reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 *
 * Pure: no state, no allocation, only aligned accesses, so it works with the MMU off. The blob is
 * not trusted: nothing outside of it is read, every search ends, and malformed parts count as
 * absent. A search by path reads the tree once, up to the node.
 */
#ifndef FDT_H
#define FDT_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

#ifndef ARCH_TOLD
#error "compile with -include arch/CPU/isa.h: see sdk/README.md"
#endif

#define FDT_MAX		(2 * MIB)	/* larger trees are refused; arm64 does not allow them */
#define FDT_HEADER	40		/* bytes that fdt_open() reads */
#define FDT_TOPS	32		/* children of the root that a walk may note at most */
#define FDT_NOTES	ARCH_TOLD	/* 1: it does, as then more nodes are looked for by path */
#define FDT_DEPTH	16		/* deeper nesting ends the walk */

struct fdt {
	const uint8_t *blob;
	uint32_t size;			/* of the whole tree */
	uint32_t nodes, nodes_end;	/* structure block: offsets, whole words */
	uint32_t strings, strings_end;
	uint32_t end;			/* for fdt_end() */
	uint32_t tops;			/* in top[]: all children of the root, or 0; by dtb.c */
	struct {
		uint32_t name, body;	/* as in fdt_node */
	} top[FDT_NOTES * FDT_TOPS];
};

/* A node and its parents. All zero: before the root. */
struct fdt_node {
	uint32_t at;			/* where the walk continues */
	uint32_t name;			/* offset of a terminated text; "" for the root */
	uint32_t depth;			/* 1: the root */
	uint32_t broken;		/* after the walk: offset of damage, or 0 */
	uint32_t body[FDT_DEPTH];	/* first property of root, ..., parent, the node itself */
};

/* A property's value: points into the blob, aligned to 4. Texts may be unterminated. */
struct fdt_value {
	const void *data;
	uint32_t len;
};

/*
 * `available`: bytes that may be read. ERR_TOO_SMALL if the tree is larger. ERR_BAD_FORMAT also if
 * its address is not a multiple of 4 (5.6 requires 8).
 */
status_t fdt_open(struct fdt *f, const void *blob, uint64_t available);

/*
 * After that failed: assume that each block extends over all FDT_MAX bytes, which must be readable.
 * For fdt_console, to find a port on which to report the damage. False: it is no tree.
 */
bool fdt_salvage(struct fdt *f, const void *blob);

/* Bytes of the whole tree, as its header says (5.2). */
static inline uint64_t fdt_size(const struct fdt *f)
{
	return f->size;
}

/* Where its last block ends: what follows is not read. */
static inline uint64_t fdt_end(const struct fdt *f)
{
	return f->end;
}

/*
 * A property of the node at `path`, such as "/chosen". Unit addresses may be left out. False: there
 * is no such node or property.
 */
bool fdt_property(const struct fdt *f, const char *path, const char *name,
		  struct fdt_value *out);

/*
 * The console's serial port (fdt_console.c): from /chosen, else the alias serial0, else the only
 * port in the tree, the latter two if enabled. False: none, or we cannot drive it.
 */
bool fdt_console(const struct fdt *f, struct boot_uart *out);
bool fdt_console_chosen(const struct fdt *f, const struct fdt_node *chosen,
			struct boot_uart *out);	/* with /chosen already found; NULL: none */

/* The conduit for PSCI 0.2 or later; false if the tree does not offer PSCI. */
bool fdt_psci(const struct fdt *f, bool *by_hvc);

/* ---- building blocks ---- */

/*
 * The next node, parents first; nodes deeper than `depth` are passed over. False at the end of the
 * tree, or at damage (n->broken).
 */
bool fdt_next_within(const struct fdt *f, struct fdt_node *n, uint32_t depth);
static inline bool fdt_next(const struct fdt *f, struct fdt_node *n)
{
	return fdt_next_within(f, n, FDT_DEPTH);
}

#define FDT_CHOSEN	"/chosen"

/* The node at a path of `len` bytes from the root; false if there is none. */
bool fdt_find(const struct fdt *f, const char *path, uint32_t len, struct fdt_node *n);
/* A property of the node; false if it has none of this name: *out is then all 0. */
bool fdt_get(const struct fdt *f, const struct fdt_node *n, const char *name,
	     struct fdt_value *out);
/* Whether a value is this text, with its NUL and nothing else. */
bool fdt_is(const struct fdt_value *v, const char *text);
/* Whether the node may be used: its status is "okay" or "ok", or it has none (2.3.4). */
bool fdt_enabled(const struct fdt *f, const struct fdt_node *n);

/*
 * Get `count` properties, at least one, in one pass; their names are `stride` bytes apart. Absent
 * ones become all 0. fdt_get_at() takes an element of fdt_node.body[]. It returns 0 if all are
 * present, else where the properties end: a walk can continue there.
 */
uint32_t fdt_get_at(const struct fdt *f, uint32_t body, const char *names, uint32_t stride,
		    uint32_t count, struct fdt_value *out);
void fdt_get_each(const struct fdt *f, const struct fdt_node *n, const char *names,
		  uint32_t stride, uint32_t count, struct fdt_value *out);
#define FDT_NAMES(a)	(a)[0], sizeof((a)[0]), ARRAY_SIZE(a)	/* of an array of arrays */

/*
 * The next property of a node, in the tree's order; *at is initially 0. *name is NULL if it is not
 * within the strings. False: there are no more.
 */
bool fdt_property_next(const struct fdt *f, const struct fdt_node *n, uint32_t *at,
		       const char **name, struct fdt_value *out);

/* The number in 1 cell, or in 2. */
uint64_t fdt_cells(const uint32_t *p, uint32_t cells);

/* A numeric property of one or two cells; else false, and *out is unchanged. */
bool fdt_number(const struct fdt *f, const struct fdt_node *n, const char *name, uint64_t *out);
bool fdt_value_number(const struct fdt_value *v, uint64_t *out);

/* Whether the node has this name; the part from '@' on may be left out (2.2.3). */
bool fdt_named(const struct fdt *f, const struct fdt_node *n, const char *name);

/*
 * Whether a string of `compatible`, or of a value, begins with `want`, or equals it if len includes
 * its NUL.
 */
bool fdt_compatible(const struct fdt *f, const struct fdt_node *n, const char *want, uint32_t len);
bool fdt_value_has(const struct fdt_value *v, const char *want, uint32_t len);

/* Whether this `status` is "fail", or "fail-" and a cause (2.3.4). */
static inline bool fdt_failed(const struct fdt_value *status)
{
	return fdt_value_has(status, "fail", 4);
}

/*
 * The node to which an alias of `len` bytes refers (3.3); false if there is none, or if the name is
 * longer than 31 bytes, the most that 2.2.4.1 allows.
 */
bool fdt_alias(const struct fdt *f, const char *name, uint32_t len, struct fdt_node *n);

/*
 * The ranges of a property like `reg`, one by one, as CPU addresses. False if there are no more, if
 * a bus on the way does not translate the next, or if numbers do not have 1 or 2 cells. If there is
 * such a property, `first` is then not NULL.
 */
struct fdt_ranges {			/* all zero at first, except `anyway` */
	const uint32_t *first;
	uint32_t count, i;		/* their number; the next one */
	uint32_t address, size;		/* cells */
	bool anyway;			/* take an address that a bus does not translate as it is */
};
bool fdt_ranges_next(const struct fdt *f, const struct fdt_node *n, const char *name,
		     struct fdt_ranges *r, struct boot_range *out);

/* Number i of them, from 0. */
bool fdt_range(const struct fdt *f, const struct fdt_node *n, const char *name, uint32_t i,
	       struct boot_range *out);
static inline bool fdt_reg(const struct fdt *f, const struct fdt_node *n, uint32_t i,
			   struct boot_range *out)
{
	return fdt_range(f, n, "reg", i, out);
}

/* Entry number i of the memory reservation block (5.3); false at its end. */
bool fdt_reserved(const struct fdt *f, uint32_t i, struct boot_range *out);

/* The initrd in /chosen (Linux's properties). False: none, or empty. The end may be below start. */
bool fdt_initrd(const struct fdt *f, const struct fdt_node *chosen, uint64_t *start,
		uint64_t *end);
#endif
