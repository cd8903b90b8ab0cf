/* SPDX-License-Identifier: MIT */
/* node.c - see node.h. All in bounded time: at most nine halvings, and a search of eight words. */
#include "kernel/mm/node.h"

static void free_set(struct node *n, uint32_t block, uint32_t order)
{
	n->free[block / 64] |= 1ull << block % 64;
	if (!n->count[order]++)
		n->orders |= (uint16_t)(1u << order);
}

static void free_clear(struct node *n, uint32_t block, uint32_t order)
{
	n->free[block / 64] &= ~(1ull << block % 64);
	if (!--n->count[order])
		n->orders ^= (uint16_t)(1u << order);
}

/*
 * The first free block of this order, of which there is one. Blocks of an order are numbered from
 * `first` to 2 * first - 1.
 */
static uint32_t free_first(const struct node *n, uint32_t order)
{
	const uint32_t first = NODE_ITEMS >> order;
	uint32_t word = first / 64;

	if (first < 64)			/* one word has all blocks of this and other orders */
		return (uint32_t)__builtin_ctzll(n->free[0] >> first) + first;
	while (!n->free[word])
		word++;
	return word * 64 + (uint32_t)__builtin_ctzll(n->free[word]);
}

/* Split a block that has just been taken, `steps` times, down to `wanted`. Free the rest. */
static void halve(struct node *n, uint32_t wanted, uint32_t order, uint32_t steps)
{
	for (; steps; steps--, order++, wanted >>= 1)
		free_set(n, wanted ^ 1, order);
}

uint32_t node_alloc(struct node *n, uint32_t order)
{
	const uint32_t steps = (uint32_t)__builtin_ctz((uint32_t)n->orders >> order);
	const uint32_t block = free_first(n, order + steps);

	free_clear(n, block, order + steps);
	halve(n, block << steps, order, steps);
	return block << steps;
}

bool node_claim(struct node *n, uint32_t block)
{
	const uint32_t order = node_order(block);
	uint32_t whole = block, steps = 0;

	while (whole && !node_is_free(n, whole)) {
		whole >>= 1;
		steps++;
	}
	if (!whole)
		return false;
	free_clear(n, whole, order + steps);
	halve(n, block, order, steps);
	return true;
}

uint32_t node_free(struct node *n, uint32_t block)
{
	uint32_t order = node_order(block);

	for (; block != NODE_WHOLE && node_is_free(n, block ^ 1); block >>= 1, order++)
		free_clear(n, block ^ 1, order);
	free_set(n, block, order);
	return block;
}
