/* SPDX-License-Identifier: MIT */
/*
 * fdt_text.h - device trees as text that dtc takes (Devicetree Specification 0.4, chapter 6). Types
 * of values are not in the tree: they are guessed, by dtc's own rules.
 */
#ifndef KERNEL_FDT_TEXT_H
#define KERNEL_FDT_TEXT_H
#include "lib/fdt.h"

/*
 * Print the node that fdt_next() or fdt_find() has just found, and all below it. `stopped` is asked
 * after each property. False: it said yes. n->broken tells whether the tree is damaged there.
 */
bool fdt_text_node(const struct fdt *f, struct fdt_node *n, bool (*stopped)(void));

/* Print the memory reservation block. */
void fdt_text_reserved(const struct fdt *f);
#endif
