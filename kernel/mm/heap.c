/* SPDX-License-Identifier: MIT */
/*
 * heap.c - see heap.h. A slab is four pages, aligned to its size, with pieces of one size. Its head
 * has a bit for each piece: so a piece is found by its address, and an overrun of a piece does not
 * reach the heap's own data. The last word of each piece is a guard with a secret value.
 */
#include "kernel/mm/heap.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/area.h"
#include "kernel/mm/page_tree.h"
#include "lib/console/panic.h"
#include "lib/string.h"

#define SLAB_ORDER	2
#define SLAB_SIZE	(PAGE_SIZE << SLAB_ORDER)
#define SLAB_MAGIC	0x42414c53u
#define PIECE_MIN	32u
#define PIECES_MAX	(SLAB_SIZE / PIECE_MIN)
#define CLASSES		ARRAY_SIZE(sizes)
#define GUARD		sizeof(uint64_t)

static const uint16_t sizes[] = {
	PIECE_MIN, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
	640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, HEAP_SMALL + GUARD,
};

struct slab {
	uint32_t magic;
	uint16_t class, free;		/* pieces */
	struct slab *next, **link;	/* list of slabs with a free piece; *link points to this */
	uint64_t used[PIECES_MAX / 64];	/* a bit for each piece; bit 0: right after the head */
};
#define SLAB_HEAD	ALIGN_UP(sizeof(struct slab), HEAP_ALIGN)

static struct {
	uint64_t secret, offset;
	struct heap_class {
		struct lock lock;
		struct slab *first;
		uint64_t pieces, slabs;
	} class[ARRAY_SIZE(sizes)];
} heap;

static uint32_t class_of(uint64_t size)
{
	uint32_t low = 0, high = CLASSES - 1;

	while (low < high) {
		const uint32_t middle = (low + high) / 2;

		if (size + GUARD <= sizes[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint32_t slab_pieces(uint32_t class)
{
	return (uint32_t)(SLAB_SIZE - SLAB_HEAD) / sizes[class];
}

static void *slab_piece(struct slab *s, uint32_t i)
{
	return (char *)s + SLAB_HEAD + i * sizes[s->class];
}

static uint64_t *piece_guard(void *p, uint32_t class)
{
	return (uint64_t *)((char *)p + sizes[class] - GUARD);
}

static uint64_t guard_value(const uint64_t *guard)
{
	return heap.secret ^ (uint64_t)guard;
}

/* Whether piece i is allocated. Other CPUs may change the word's other bits. */
static bool slab_used(const struct slab *s, uint32_t i)
{
	return __atomic_load_n(&s->used[i / 64], __ATOMIC_RELAXED) >> i % 64 & 1;
}

/* ---- slabs; the class's lock is held ---- */

/* For slab_used(), which needs no lock. */
static void slab_mark(struct slab *s, uint32_t i, uint64_t used)
{
	__atomic_store_n(&s->used[i], used, __ATOMIC_RELAXED);
}

static void slab_list(struct heap_class *c, struct slab *s)
{
	s->next = c->first;
	s->link = &c->first;
	if (s->next)
		s->next->link = &s->next;
	c->first = s;
}

static void slab_unlist(struct slab *s)
{
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
}

static bool slab_new(struct heap_class *c, uint32_t class)
{
	const uint64_t pa = page_alloc(SLAB_ORDER, 0);
	struct slab *s = (struct slab *)(pa + heap.offset);

	if (!pa)
		return false;
	memset(s, 0, SLAB_HEAD);
	s->magic = SLAB_MAGIC;
	s->class = class & UINT16_MAX;
	s->free = (uint16_t)slab_pieces(class);
	slab_list(c, s);
	c->slabs++;
	return true;
}

static void *slab_take(struct slab *s)
{
	uint32_t i = 0;

	while (s->used[i] == UINT64_MAX)
		i++;
	const uint32_t bit = (uint32_t)__builtin_ctzll(~s->used[i]);

	slab_mark(s, i, s->used[i] | 1ull << bit);
	if (!--s->free)
		slab_unlist(s);
	return slab_piece(s, i * 64 + bit);
}

/* The last slab of a class is kept, so that the next allocation does not need a new one. */
static void slab_give(struct heap_class *c, struct slab *s, uint32_t i)
{
	slab_mark(s, i / 64, s->used[i / 64] & ~(1ull << i % 64));
	if (!s->free++)
		slab_list(c, s);
	if (s->free < slab_pieces(s->class) || c->slabs == 1)
		return;
	slab_unlist(s);
	s->magic = 0;
	c->slabs--;
	page_free((uint64_t)s - heap.offset, SLAB_ORDER);
}

/* ---- pieces ---- */

static void *small_alloc(uint64_t size)
{
	const uint32_t class = class_of(size);
	struct heap_class *c = &heap.class[class];
	const uint64_t irq = lock_acquire_irq(&c->lock);
	void *p = NULL;

	if (c->first || slab_new(c, class)) {
		p = slab_take(c->first);
		c->pieces++;
	}
	lock_release_irq(&c->lock, irq);
	if (p)
		*piece_guard(p, class) = guard_value(piece_guard(p, class));
	return p;
}

/* The slab that contains p; NULL: none. p may be any value. */
static struct slab *slab_of(const void *p)
{
	struct slab *s = (struct slab *)ALIGN_DOWN((uint64_t)p, SLAB_SIZE);
	const uint8_t *state = tree_state((uint64_t)s - heap.offset, SLAB_ORDER);

	return state && *state == 1 + SLAB_ORDER && s->magic == SLAB_MAGIC ? s : NULL;
}

/*
 * The slab of p; *i is its number there. A panic if p is not an allocated piece. Without the
 * class's lock: other pieces' bits in the word may change, but p's only if it is freed twice.
 */
static struct slab *piece_find(void *p, uint32_t *i)
{
	const uint64_t offset = (uint64_t)p % SLAB_SIZE - SLAB_HEAD;
	struct slab *s = slab_of(p);

	if (!s || offset >= SLAB_SIZE - SLAB_HEAD || offset % sizes[s->class])
		panic("heap_free: 0x%llx is not allocated", LL((uint64_t)p));
	*i = (uint32_t)offset / sizes[s->class];
	if (*i >= slab_pieces(s->class) || !slab_used(s, *i))
		panic("heap_free: 0x%llx is free already", LL((uint64_t)p));
	return s;
}

static void small_free(void *p)
{
	uint32_t i;
	struct slab *s = piece_find(p, &i);
	struct heap_class *c = &heap.class[s->class];
	uint64_t *guard = piece_guard(p, s->class);
	uint64_t irq;

	if (*guard != guard_value(guard))
		panic("heap_free: 0x%llx of %u bytes: written past its end, 0x%llx",
		      LL((uint64_t)p), sizes[s->class] - (uint32_t)GUARD, LL(*guard));
	*guard = 0;
	irq = lock_acquire_irq(&c->lock);
	c->pieces--;
	slab_give(c, s, i);
	lock_release_irq(&c->lock, irq);
}

void *heap_alloc(uint64_t size)
{
	if (!size)
		return NULL;
	return size <= HEAP_SMALL ? small_alloc(size) : vm_alloc(size);
}

void *heap_alloc_zeroed(uint64_t size)
{
	void *p = heap_alloc(size);

	if (p)
		memset(p, 0, size);
	return p;
}

void heap_free(void *p)
{
	if (!p)
		return;
	if (vm_size(p))
		vm_free(p);
	else
		small_free(p);
}

uint64_t heap_size(void *p)
{
	const uint64_t large = vm_size(p);
	uint32_t i;

	return large ? large : sizes[piece_find(p, &i)->class] - GUARD;
}

void *heap_resize(void *p, uint64_t size)
{
	const uint64_t old = p ? heap_size(p) : 0;
	void *q;

	if (!p)
		return heap_alloc(size);
	if (size <= old && (size > HEAP_SMALL) == (old > HEAP_SMALL) &&
	    (old > HEAP_SMALL ? PAGES(size) == PAGES(old) : class_of(size) == class_of(old)))
		return p;
	q = heap_alloc(size);
	if (!q)
		return NULL;
	memcpy(q, p, MIN(old, size));
	heap_free(p);
	return q;
}

void heap_stats(struct heap_stats *out)
{
	*out = (struct heap_stats){ 0 };
	for (uint32_t i = 0; i < CLASSES; i++) {
		struct heap_class *c = &heap.class[i];
		const uint64_t irq = lock_acquire_irq(&c->lock);

		out->pieces += c->pieces;
		out->bytes += c->pieces * sizes[i];
		out->pages += c->slabs << SLAB_ORDER;
		lock_release_irq(&c->lock, irq);
	}
}

void heap_start(uint64_t secret, uint64_t offset)
{
	heap.secret = secret;
	heap.offset = offset;
}
