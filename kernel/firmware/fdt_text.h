/* SPDX-License-Identifier: MIT */
/*
 * fdt_text.h - prints device trees as source text for dtc (Devicetree Specification 0.4, chapter
 * 6). A tree does not record the types of its values, so they are guessed, by dtc's own rules.
 */
#ifndef KERNEL_FDT_TEXT_H
#define KERNEL_FDT_TEXT_H
#include "lib/fdt.h"

/*
 * Print the node that fdt_next() or fdt_find() has just found, and all below it. Calls `stopped`
 * after each property; false if that returned true. n->broken tells whether the tree is damaged.
 */
bool fdt_text_node(const struct fdt *f, struct fdt_node *n, bool (*stopped)(void));

/* Print the memory reservation block (5.3). */
void fdt_text_reserved(const struct fdt *f);
#endif
