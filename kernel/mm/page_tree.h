/* SPDX-License-Identifier: MIT */
/*
 * page_tree.h - between page.c, which has the CPUs and the lock, and page_tree.c, which has the
 * memory. All but page_find() with the lock held.
 */
#ifndef KERNEL_PAGE_TREE_H
#define KERNEL_PAGE_TREE_H
#include "kernel/mm/node.h"
#include "kernel/mm/page.h"

void tree_start(uint64_t seed, uint64_t offset);
void tree_add(uint64_t pa, uint64_t end);

/* 0: none. *state: where 1 + order is kept while it is given out; tree_alloc() has set it. */
uint64_t tree_alloc(uint32_t order, uint32_t flags, uint8_t **state);

/* False if it was not given out so. */
bool tree_free(uint64_t pa, uint32_t order);

/* As tree_free(), but *state, which says that it was given out, is 0 already. */
void tree_free_kept(uint64_t pa, uint32_t order);

bool tree_claim(uint64_t pa, uint32_t order);
void tree_stats(struct page_stats *out);

/*
 * Where the state of the block is kept, if it may be given out; else NULL. Without the lock: what
 * is on the way to a block that is given out does not change, and for another address the answer is
 * a byte of some node, however old.
 */
uint8_t *tree_state(uint64_t pa, uint32_t order);

/* The node that has this page's state; NULL: the page is not given out as one. As tree_state(). */
struct node *tree_leaf(uint64_t pa);
#endif
