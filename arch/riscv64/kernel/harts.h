/* SPDX-License-Identifier: MIT */
/* harts.h - the harts that a device tree names (Devicetree Specification 0.4, 3.8). Pure. */
#ifndef HARTS_H
#define HARTS_H
#include "arch/machine.h"
#include "lib/fdt.h"

struct harts {
	struct fdt f;
	struct fdt_node n;
	bool inside;			/* of /cpus */
	uint64_t id;			/* of the last */
	uint32_t controller;		/* phandle of its interrupt controller; 0: none */
};

/* False: no tree. */
bool harts_start(struct harts *h, const struct machine *m);
bool harts_next(struct harts *h);
#endif
