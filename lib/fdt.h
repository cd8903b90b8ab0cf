/* SPDX-License-Identifier: MIT */
/*
 * fdt.h - reader of flattened device trees (Devicetree Specification 0.4, chapter 5).
 *
 * Pure: no state, no allocation, aligned words only, so good with the MMU off. The blob is
 * not trusted: nothing outside of it is read, every search ends, and what makes no sense is
 * taken for absent. Cost: a search by path passes over the tree once, up to what it looks
 * for.
 */
#ifndef FDT_H
#define FDT_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

#define FDT_MAX		(2 * MIB)	/* larger ones are not believed, nor allowed on arm64 */
#define FDT_HEADER	40		/* bytes that fdt_open() reads */
#define FDT_DEPTH	16		/* what is nested deeper ends the walk */

struct fdt {
	const uint8_t *blob;
	uint32_t size;			/* all of it */
	uint32_t nodes, nodes_end;	/* structure block: offsets, whole words */
	uint32_t strings, strings_end;
};

/* One node, and the way down to it. Zeroed: before the root. */
struct fdt_node {
	uint32_t at;			/* where the walk goes on */
	uint32_t name, name_len;	/* offset; "" for the root */
	uint32_t depth;			/* 1: the root */
	uint32_t broken;		/* after the walk: where the tree breaks off, or 0 */
	uint32_t body[FDT_DEPTH];	/* first property of root, ..., parent, the node itself */
};

/* A property's value: points into the blob, aligned to 4; texts in it need not end. */
struct fdt_value {
	const void *data;
	uint32_t len;
};

/*
 * `available`: bytes that may be read. ERR_TOO_SMALL if the tree is larger; ERR_BAD_FORMAT,
 * also if it lies at an address that is not a multiple of 4 (of 8, says 5.6).
 */
status_t fdt_open(struct fdt *f, const void *blob, uint64_t available);

/*
 * When that failed: as if its sizes were those of all FDT_MAX bytes, which must be readable.
 * For fdt_console, whose port can then say what is wrong with the tree.
 */
bool fdt_salvage(struct fdt *f, const void *blob);
uint64_t fdt_size(const struct fdt *f);

/* A property of the node at `path`, say "/chosen"; unit addresses in it may be left out. */
bool fdt_property(const struct fdt *f, const char *path, const char *name,
		  struct fdt_value *out);

/*
 * The serial port that is the console, if we can drive it (fdt_console.c): what /chosen says, else
 * the alias serial0, else the only port in the tree.
 */
bool fdt_console(const struct fdt *f, struct boot_uart *out);
bool fdt_console_chosen(const struct fdt *f, const struct fdt_node *chosen,
			struct boot_uart *out);	/* /chosen was found already; NULL: none */

/* How to call PSCI 0.2 or later; false if the tree does not offer it. */
bool fdt_psci(const struct fdt *f, bool *by_hvc);

/* ---- what these are made of ---- */

bool fdt_next(const struct fdt *f, struct fdt_node *n);	/* all nodes, parents first */
bool fdt_find(const struct fdt *f, const char *path, uint32_t len, struct fdt_node *n);
bool fdt_get(const struct fdt *f, const struct fdt_node *n, const char *name,
	     struct fdt_value *out);

/* A property that is a number, of one or two cells; else *out is left as it is. */
bool fdt_number(const struct fdt *f, const struct fdt_node *n, const char *name, uint64_t *out);

bool fdt_named(const struct fdt *f, const struct fdt_node *n, const char *name);

/* Whether one string of `compatible` begins with `want`; equals it if len counts its NUL. */
bool fdt_compatible(const struct fdt *f, const struct fdt_node *n, const char *want, uint32_t len);

/* The node that an alias of `len` bytes stands for (3.3). */
bool fdt_alias(const struct fdt *f, const char *name, uint32_t len, struct fdt_node *n);

/*
 * Range number i, from 0, of a property like `reg`, as the CPU sees it. False if there are not so
 * many, or no way from there.
 */
bool fdt_range(const struct fdt *f, const struct fdt_node *n, const char *name, uint32_t i,
	       struct boot_range *out);
static inline bool fdt_reg(const struct fdt *f, const struct fdt_node *n, uint32_t i,
			   struct boot_range *out)
{
	return fdt_range(f, n, "reg", i, out);
}

/* Entry number i of the memory reservation block (5.3); false at its end. */
bool fdt_reserved(const struct fdt *f, uint32_t i, struct boot_range *out);

/* What /chosen says of the initrd (Linux's own words); the end may be below the start. */
bool fdt_initrd(const struct fdt *f, const struct fdt_node *chosen, uint64_t *start,
		uint64_t *end);
#endif
