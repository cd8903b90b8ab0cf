/* SPDX-License-Identifier: MIT */
/*
 * page_tree.h - the interface between page.c, which has the caches and the lock, and page_tree.c,
 * which has the tree. Callers hold the lock, except for tree_state() and tree_leaf().
 */
#ifndef KERNEL_PAGE_TREE_H
#define KERNEL_PAGE_TREE_H
#include "kernel/mm/node.h"
#include "kernel/mm/page.h"

/* page_start() and page_add(), for [pa, end). */
void tree_start(uint64_t seed, uint64_t offset);
void tree_add(uint64_t pa, uint64_t end);

/*
 * Allocate a block; its physical address, 0: none. `order` is below PAGE_ORDERS. **state is 1 +
 * order while the block is given out; tree_alloc() has set it.
 */
uint64_t tree_alloc(uint32_t order, uint32_t flags, uint8_t **state);

/* Free a block. False: no such block was given out. */
bool tree_free(uint64_t pa, uint32_t order);

/* The same for a block that was given out, but whose state is 0 already. */
void tree_free_kept(uint64_t pa, uint32_t order);

/* Allocate this block. False: some of it is not free, there is no such block, or no memory. */
bool tree_claim(uint64_t pa, uint32_t order);
void tree_stats(struct page_stats *out);

/*
 * Where the state of this block is stored. NULL: it cannot be given out. Needs no lock: the path to
 * a block that is given out does not change; for any other address the result is NULL or a byte of
 * some node, which may be outdated.
 */
uint8_t *tree_state(uint64_t pa, uint32_t order);

/* The node with this page's state. NULL: it is not given out as a single page. Needs no lock. */
struct node *tree_leaf(uint64_t pa);
#endif
