/* SPDX-License-Identifier: MIT */
/* tree.h - what a device tree says about the harts (Devicetree Specification 0.4, 3.8). Pure. */
#ifndef TREE_H
#define TREE_H
#include "lib/base.h"
#include "lib/fdt.h"

/* In each of these, `dtb` may be NULL; `size` bytes of it may be read. */

/* A number of one or two cells of the node at `path`; 0: there is none. */
uint64_t tree_number(const void *dtb, uint64_t size, const char *path, const char *name);

/* What /cpus says about all harts. */
struct tree_cpus {
	uint64_t hz;			/* of the counter; 0: it does not say */
	bool svpbmt;			/* every hart has it, and there is a hart */
};
struct tree_cpus tree_cpus(const void *dtb, uint64_t size);

/* ---- one by one, in the tree's order: those that may run ---- */

#define HART_NONE	UINT64_MAX	/* no hart */

struct harts {
	struct fdt f;
	struct fdt_node n;		/* /cpus, then the last hart */
	uint64_t id;			/* of the last; HART_NONE: it has no number */
	struct fdt_value isa[2];	/* riscv,isa-extensions; riscv,isa */
};

/* False: no tree, or no /cpus in it. */
bool harts_start(struct harts *h, const void *dtb, uint64_t size);
bool harts_next(struct harts *h);	/* only after that was true */

/* The phandle of the last hart's interrupt controller; 0: none. */
uint32_t harts_controller(const struct harts *h);
#endif
