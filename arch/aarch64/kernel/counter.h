/* SPDX-License-Identifier: MIT */
/* counter.h - counters that are known to return a wrong value now and then. */
#ifndef AARCH64_COUNTER_H
#define AARCH64_COUNTER_H
#include "lib/base.h"

struct fdt;
struct fdt_node;

/* Whether MIDR_EL1's value is that of a CPU with such a counter. */
bool counter_bad_cpu(uint64_t midr);

/* Whether the timer's node in the device tree says so. */
bool counter_bad_tree(const struct fdt *f, const struct fdt_node *timer);

/*
 * Read such a counter: until two values follow each other closely, and the second is not one of
 * those that are doubtful. Gives up after COUNTER_TRIES and returns the last one.
 */
#define COUNTER_TRIES	150
uint64_t counter_steady(uint64_t (*read)(void));
#endif
