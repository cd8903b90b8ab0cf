/* SPDX-License-Identifier: MIT */
/*
 * page_tree.c - which physical memory is free: a tree of nodes with 512 items each, of 1 GiB, 2 MiB
 * or one page. An item has a child node only while it is neither free as a whole nor given out as a
 * whole, so untouched memory costs nothing, however large it is.
 *
 * Nodes with free blocks are in lists, by the order of their largest free block. An allocation uses
 * the first list that is large enough, found by a bit search in one word.
 */
#include "kernel/mm/page_tree.h"
#include "arch/boot.h"

#define LEVELS		3
#define TOP		(LEVELS - 1)
#define ITEM_SHIFT(level) (PAGE_SHIFT + NODE_BITS * (level))
#define TOPS		((uint32_t)((ARCH_REACH_MAX - 1) >> ITEM_SHIFT(LEVELS)) + 1)
#define LOW_END		(4 * GIB)
#define ZONES		2	/* 0: below LOW_END */
#define PARTS		(PAGE_SIZE / sizeof(struct node))	/* nodes that a page has room for */
/* One call may need a node with a table, for 1 GiB, and one for 2 MiB; so may refilling these. */
#define SPARE_BRANCHES	2
#define SPARE_LEAVES	2

struct zone {
	struct node *list[PAGE_ORDERS];
	uint32_t lists;		/* bit n: list[n] is not empty */
	uint64_t free;		/* pages */
};

struct spare {
	struct node *first;	/* linked by `next`; nodes and their tables, if any, are empty */
	uint32_t count;
};

static struct {
	struct zone zone[ZONES];
	struct node **top;	/* one for each 512 GiB; below LOW_END it is top[TOPS] */
	struct spare leaf, branch;	/* kinds never change: page_cache.leaf relies on it */
	struct spare stem;		/* new branches without a table */
	uint64_t seed, seed_end;	/* the unused part of the seed */
	uint64_t offset;
	uint64_t total, own, lost;	/* pages */
	bool refilling;
} tree;

static uint32_t level_of(uint32_t order)
{
	return MIN(order / NODE_BITS, TOP);
}

static uint32_t item_of(const struct node *n, uint64_t pa)
{
	return (uint32_t)((pa - n->base) >> ITEM_SHIFT(n->level));
}

static uint64_t block_address(const struct node *n, uint32_t block)
{
	return n->base + ((uint64_t)node_item(block) << ITEM_SHIFT(n->level));
}

static uint32_t list_of(const struct node *n)
{
	return n->level * NODE_BITS + 31 - (uint32_t)__builtin_clz(n->orders);
}

static void list_leave(struct node *n)
{
	struct node **const link = n->link;
	struct zone *z = &tree.zone[n->zone];

	if (!link)
		return;
	*link = n->next;
	if (n->next)
		n->next->link = link;
	n->link = NULL;
	if (!*link && link >= z->list && link < z->list + PAGE_ORDERS)
		z->lists &= ~(1u << (link - z->list));
}

static void list_enter(struct node *n)
{
	struct zone *z = &tree.zone[n->zone];
	uint32_t i;

	if (!n->orders)
		return;
	i = list_of(n);
	n->next = z->list[i];
	n->link = &z->list[i];
	if (n->next)
		n->next->link = &n->next;
	z->list[i] = n;
	z->lists |= 1u << i;
}

/* The free blocks of n have changed: move it to the right list. `before`: n->orders until then. */
static void list_again(struct node *n, uint32_t before)
{
	const uint32_t now = n->orders;

	if (n->link && (before ^ now) < MIN(before, now))	/* the same highest bit */
		return;
	list_leave(n);
	list_enter(n);
}

/* A cleared page for the tree itself, as a virtual address; 0: no memory. */
static uint64_t own_page(void)
{
	uint8_t *state;
	uint64_t pa = tree.seed;

	if (pa < tree.seed_end)
		tree.seed += PAGE_SIZE;
	else
		pa = tree_alloc(0, 0, &state);
	if (!pa)
		return 0;
	tree.own++;
	arch_fill((void *)(pa + tree.offset), 0, PAGE_SIZE / sizeof(uint64_t));
	return pa + tree.offset;
}

static void spare_put(struct spare *s, struct node *n)
{
	__atomic_store_n(&n->base, NODE_SPARE, __ATOMIC_RELAXED);
	n->next = s->first;
	s->first = n;
	s->count++;
}

static struct node *spare_get(struct spare *s)
{
	struct node *n = s->first;

	if (!n)
		return NULL;
	s->first = n->next;
	s->count--;
	return n;
}

static void spare_more(struct spare *s)
{
	struct node *n = (struct node *)own_page();

	for (uint32_t i = 0; n && i < PARTS; i++)
		spare_put(s, &n[i]);
}

/* Call it before nodes may be needed: allocating pages for more nodes needs nodes itself. */
static MINSIZE void spare_refill(void)
{
	if (tree.refilling || (tree.leaf.count > SPARE_LEAVES &&
			       tree.branch.count >= SPARE_BRANCHES))
		return;
	tree.refilling = true;
	if (tree.leaf.count <= SPARE_LEAVES)
		spare_more(&tree.leaf);
	while (tree.branch.count < SPARE_BRANCHES) {
		struct node **table;

		if (!tree.stem.count)
			spare_more(&tree.stem);
		table = tree.stem.count ? (struct node **)own_page() : NULL;
		if (!table)
			break;
		tree.stem.first->child = table;
		spare_put(&tree.branch, spare_get(&tree.stem));
	}
	tree.refilling = false;
}

/* An empty node for the item at `base` of the parent; no parent: at the top. NULL: no memory. */
static struct node *node_new(struct node *parent, uint64_t base, uint32_t level)
{
	struct node *n = spare_get(level ? &tree.branch : &tree.leaf);

	if (!n)
		return NULL;
	n->parent = parent;
	n->link = NULL;
	n->level = (uint8_t)level;
	__atomic_store_n(&n->base, ALIGN_DOWN(base, 1ull << ITEM_SHIFT(level + 1)),
			 __ATOMIC_RELEASE);
	n->zone = base >= LOW_END;
	if (parent)
		__atomic_store_n(&parent->child[item_of(parent, base)], n, __ATOMIC_RELEASE);
	return n;
}

static struct node **top_of(uint64_t pa)
{
	return &tree.top[pa < LOW_END ? TOPS : pa >> ITEM_SHIFT(LEVELS)];
}

/* The lowest existing node that covers pa, at `level` or above. NULL: none. */
static struct node *node_find(uint64_t pa, uint32_t level)
{
	struct node *n = *top_of(pa);

	while (n && n->level > level) {
		struct node *child = n->child[item_of(n, pa) % NODE_ITEMS];

		if (!child)
			break;
		n = child;
	}
	return n;
}

/* The node of this level that covers pa, created with nothing free if missing. NULL: no memory. */
static struct node *node_make(uint64_t pa, uint32_t level)
{
	struct node *n = node_find(pa, level);

	if (!n)
		n = *top_of(pa) = node_new(NULL, pa, TOP);
	while (n && n->level > level)
		n = node_new(n, pa, n->level - 1u);
	return n;
}

/* Free a block. A node that is then wholly free becomes a free item of its parent again. */
static void give(struct node *n, uint32_t block)
{
	for (;;) {
		const uint32_t before = n->orders;
		struct node *const parent = n->parent;

		if (node_free(n, block) != NODE_WHOLE || !parent) {
			list_again(n, before);
			return;
		}
		list_leave(n);
		(void)node_claim(n, NODE_WHOLE);
		block = node_block(item_of(parent, n->base), 0);
		parent->child[item_of(parent, n->base)] = NULL;
		spare_put(n->level ? &tree.branch : &tree.leaf, n);
		n = parent;
	}
}

/* Make an item that was taken from n a child, wholly free. NULL: no memory; the item is freed. */
static struct node *divide(struct node *n, uint32_t block)
{
	struct node *child = node_new(n, block_address(n, block), n->level - 1u);

	if (child)
		(void)node_free(child, NODE_WHOLE);
	else
		give(n, block);
	return child;
}

uint64_t tree_alloc(uint32_t order, uint32_t flags, uint8_t **state)
{
	const uint32_t level = level_of(order);
	uint32_t zone = flags & PAGE_LOW ? 0 : ZONES - 1, block, before;
	struct node *n;

	spare_refill();
	while (!(tree.zone[zone].lists >> order))
		if (!zone--)
			return 0;
	n = tree.zone[zone].list[order + (uint32_t)__builtin_ctz(tree.zone[zone].lists >> order)];
	for (;;) {
		before = n->orders;
		block = node_alloc(n, n->level > level ? 0 : order - level * NODE_BITS);
		list_again(n, before);
		if (n->level == level)
			break;
		n = divide(n, block);
		if (!n)
			return 0;
	}
	tree.zone[zone].free -= 1ull << order;
	*state = &n->state[node_item(block)];
	**state = (uint8_t)(1 + order);
	return block_address(n, block);
}

struct node *tree_leaf(uint64_t pa)
{
	struct node *n = pa < ARCH_REACH_MAX ? node_find(pa, 0) : NULL;

	return n && !n->level ? n : NULL;
}

uint8_t *tree_state(uint64_t pa, uint32_t order)
{
	const uint32_t level = level_of(order);
	struct node *n;

	if (pa >= ARCH_REACH_MAX || order >= PAGE_ORDERS || pa & ((PAGE_SIZE << order) - 1))
		return NULL;
	n = node_find(pa, level);
	return n && n->level == level ? &n->state[item_of(n, pa) % NODE_ITEMS] : NULL;
}

void tree_free_kept(uint64_t pa, uint32_t order)
{
	const uint32_t level = level_of(order);
	struct node *n = node_find(pa, level);

	tree.zone[n->zone].free += 1ull << order;
	give(n, node_block(item_of(n, pa), order - level * NODE_BITS));
}

bool tree_free(uint64_t pa, uint32_t order)
{
	uint8_t *state = tree_state(pa, order);

	if (!state || *state != 1 + order)
		return false;
	*state = 0;
	tree_free_kept(pa, order);
	return true;
}

bool tree_claim(uint64_t pa, uint32_t order)
{
	const uint32_t level = level_of(order);
	struct node *n;

	if (pa >= ARCH_REACH_MAX || order >= PAGE_ORDERS || pa & ((PAGE_SIZE << order) - 1))
		return false;
	spare_refill();
	n = node_find(pa, level);
	while (n) {
		const uint32_t before = n->orders;
		const uint32_t block = node_block(item_of(n, pa), n->level > level ? 0 :
						  order - level * NODE_BITS);

		if (!node_claim(n, block))
			return false;
		list_again(n, before);
		if (n->level == level) {
			n->state[node_item(block)] = (uint8_t)(1 + order);
			tree.zone[n->zone].free -= 1ull << order;
			return true;
		}
		n = divide(n, block);
	}
	return false;
}

/* ---- what there is ---- */

void tree_start(uint64_t seed, uint64_t offset)
{
	tree.seed = seed;
	tree.seed_end = seed + PAGE_SEED;
	tree.offset = offset;
	tree.top = (struct node **)own_page();
}

void tree_add(uint64_t pa, uint64_t end)
{
	while (pa < end) {
		const uint32_t order = page_order_at(pa, end), level = level_of(order);
		struct node *n;

		spare_refill();
		n = node_make(pa, level);
		if (n) {
			tree.total += 1ull << order;
			tree.zone[n->zone].free += 1ull << order;
			give(n, node_block(item_of(n, pa), order - level * NODE_BITS));
		} else {
			tree.lost += 1ull << order;
		}
		pa += PAGE_SIZE << order;
	}
}

MINSIZE void tree_stats(struct page_stats *out)
{
	*out = (struct page_stats){
		.total = tree.total, .free = tree.zone[0].free + tree.zone[1].free,
		.low_free = tree.zone[0].free, .own = tree.own, .lost = tree.lost,
	};
	for (uint32_t i = 0; i < ZONES * PAGE_ORDERS; i++) {
		const struct node *n = tree.zone[i / PAGE_ORDERS].list[i % PAGE_ORDERS];

		for (; n; n = n->next)
			for (uint32_t order = 0; order <= NODE_BITS; order++)
				out->blocks[n->level * NODE_BITS + order] += n->count[order];
	}
}
