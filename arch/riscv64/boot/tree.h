/* SPDX-License-Identifier: MIT */
/* tree.h - what only the device tree says of the CPUs. Pure. */
#ifndef TREE_H
#define TREE_H
#include "lib/base.h"

/* A number of one or two cells of the node at `path`; 0: there is none. `dtb` may be NULL. */
uint64_t tree_number(const void *dtb, uint64_t size, const char *path, const char *name);

/* Whether each hart that is not disabled has this extension, in lower case. `dtb` may be NULL. */
bool tree_harts_have(const void *dtb, uint64_t size, const char *extension);

#define TREE_HZ(dtb, size)	tree_number(dtb, size, "/cpus", "timebase-frequency")
#endif
