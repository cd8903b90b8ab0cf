/* SPDX-License-Identifier: MIT */
/*
 * node.h - 512 neighbouring items of one size, and which of them are free: the buddy system of a
 * level of page.c's tree. Pure; page.c holds its lock.
 *
 * A block is a power of two of items, and has the number that it has in a binary heap: 1 is all of
 * them, 2n and 2n + 1 are the halves of n, 512 + i is item i. So the buddy of n is n ^ 1.
 */
#ifndef KERNEL_NODE_H
#define KERNEL_NODE_H
#include "lib/base.h"

#define NODE_BITS	9
#define NODE_ITEMS	(1u << NODE_BITS)
#define NODE_WHOLE	1u		/* the block of all items */
#define NODE_SPARE	(1ull << 63)	/* far from any address, on both sides */

struct node {
	struct node *next, **link;	/* of the same list; link: what points to this one */
	struct node *parent;		/* NULL: at the top */
	struct node **child;		/* by item, NULL where there is none; NULL at level 0 */
	uint64_t base;			/* physical address of item 0; NODE_SPARE: not in use */
	uint8_t level;			/* an item has 512^level pages */
	uint8_t zone;
	uint16_t orders;		/* bit n: there is a free block of 2^n items */
	uint16_t count[NODE_BITS + 1];	/* free blocks of 2^n items */
	uint64_t free[2 * NODE_ITEMS / 64];	/* by block: free, and its buddy is not */
	uint8_t state[NODE_ITEMS];	/* by a block's first item: 1 + order, given out; or 0 */
};

/* The block of 2^order items, `order` at most NODE_BITS, that begins with this item. */
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

/* Some block of 2^order items, cut from a larger one if need be. n->orders >> order is not 0. */
uint32_t node_take(struct node *n, uint32_t order);

/* This very block, which may be a part of a free one. False: not all of it is free. */
bool node_claim(struct node *n, uint32_t block);

/* Free a block, none of which is free, and join it with its buddies; returns the block it is in. */
uint32_t node_give(struct node *n, uint32_t block);
#endif
