/* SPDX-License-Identifier: MIT */
/*
 * node.h - a buddy allocator for 512 adjacent items of equal size: one node of the tree in
 * page_tree.c. Pure; the caller holds page.c's lock.
 *
 * A block is a power of two of items. Blocks are numbered as in a binary heap: 1 is all items, 2n
 * and 2n + 1 are the halves of n, 512 + i is item i. So the buddy of n is n ^ 1.
 */
#ifndef KERNEL_NODE_H
#define KERNEL_NODE_H
#include "lib/base.h"

#define NODE_BITS	9
#define NODE_ITEMS	(1u << NODE_BITS)
#define NODE_WHOLE	1u		/* the block of all items */
#define NODE_SPARE	(1ull << 63)	/* near no physical address */

struct node {
	struct node *next, **link;	/* list; *link points to this one; NULL: in no list */
	struct node *parent;		/* NULL: at the top */
	struct node **child;		/* one for each item, or NULL; level 0: no table */
	uint64_t base;			/* physical address of item 0; NODE_SPARE: not in use */
	uint8_t level;			/* an item has 512^level pages */
	uint8_t zone;
	uint16_t orders;		/* bit n: there is a free block of 2^n items */
	uint16_t count[NODE_BITS + 1];	/* free blocks of 2^n items */
	uint64_t free[2 * NODE_ITEMS / 64];	/* a bit for each block: free, but not its buddy */
	uint8_t state[NODE_ITEMS];	/* by a block's first item: 1 + order if given out, or 0 */
};

/* The block of 2^order items that begins with this item; `order` is at most NODE_BITS. */
static inline uint32_t node_block(uint32_t item, uint32_t order)
{
	return (NODE_ITEMS + item) >> order;
}

static inline uint32_t node_order(uint32_t block)
{
	return NODE_BITS - (31 - (uint32_t)__builtin_clz(block));
}

static inline uint32_t node_item(uint32_t block)
{
	return (block << node_order(block)) - NODE_ITEMS;
}

static inline bool node_is_free(const struct node *n, uint32_t block)
{
	return n->free[block / 64] >> block % 64 & 1;
}

/* Take a block of 2^order items; split a larger one if needed. n->orders >> order is not 0. */
uint32_t node_alloc(struct node *n, uint32_t order);

/* Take this block, which may be a part of a larger free one. False: not all of it is free. */
bool node_claim(struct node *n, uint32_t block);

/* Free a block that is wholly taken, and merge it with free buddies. Returns the merged block. */
uint32_t node_free(struct node *n, uint32_t block);
#endif
