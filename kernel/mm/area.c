/* SPDX-License-Identifier: MIT */
/*
 * area.c - see area.h. The division of the area is fixed: a 32nd of it for each power of two, in
 * slots of that size. The first page of each slot stays unmapped. The address of a slot gives its
 * number, and the next free slot is found in constant time. A slot's word (its contents, or the
 * next free slot) is in a table, whose pages are allocated when a slot of theirs is first used.
 */
#include "kernel/mm/area.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/page.h"
#include "kernel/mm/space.h"
#include "lib/console/panic.h"
#include "lib/mapplan.h"

#define CLASSES		18		/* slots of 2 pages to 1 GiB */
#define CLASS_SIZE	(SPACE_AREA_SIZE / 32)
#define CLASS_WORDS	(16 * MIB)	/* room for the words of a class */
#define WORDS		(SPACE_AREA + CLASS_WORDS)
#define SLOTS		(SPACE_AREA + CLASS_SIZE)
#define PAGES_MAX	((1u << CLASSES) - 1)
_Static_assert(WORDS + CLASSES * CLASS_WORDS <= SLOTS, "words and slots are apart");
_Static_assert((CLASSES + 1) * CLASS_SIZE <= SPACE_AREA_SIZE, "slots fit");

/* A slot's word. Free: the number of the next free slot; 0 for the last. */
#define SLOT_USED	(1u << 31)
#define SLOT_WINDOW	(1u << 30)
#define SLOT_PAGES(w)	((w) & PAGES_MAX)

#define BATCH		32		/* pages that are unmapped before they are freed */

#define TYPE(t)		(1u << BOOT_MEM_##t)
#define TYPE_NONE	(1u << 0)	/* not in the map */
#define TYPES_DEVICE	(TYPE(MMIO) | TYPE(RESERVED) | TYPE_NONE)
#define TYPES_RAM	(MAPPLAN_RAM | TYPE(IMAGE) | TYPE(HANDOFF) | TYPE(RUNTIME_CODE))

static struct {
	struct lock lock;
	struct area_class {
		uint32_t used;		/* slots from this number on were never used */
		uint32_t first, last;	/* free slots: a queue, first freed, first reused */
	} class[CLASSES];
	const struct boot_mem *map;
	uint32_t entries;
} area;

struct slot {
	uint32_t class, number;		/* the class has slots of 2^(class + 1) pages */
};

static uint32_t *slot_word(struct slot s)
{
	return (uint32_t *)(WORDS + s.class * CLASS_WORDS) + s.number;
}

static uint64_t slot_address(struct slot s)	/* of its first page that may be mapped */
{
	return SLOTS + s.class * CLASS_SIZE + ((uint64_t)s.number << (PAGE_SHIFT + 1 + s.class)) +
	       PAGE_SIZE;
}

/* The used slot whose first mapped page contains p. Returns its word; 0: there is no such slot. */
static uint32_t slot_find(uint64_t p, struct slot *out)
{
	const uint64_t offset = p - SLOTS;

	if (offset >= CLASSES * CLASS_SIZE)
		return 0;
	out->class = (uint32_t)(offset / CLASS_SIZE);
	out->number = (uint32_t)(offset % CLASS_SIZE >> (PAGE_SHIFT + 1 + out->class));
	if (out->number >= __atomic_load_n(&area.class[out->class].used, __ATOMIC_ACQUIRE) ||
	    ALIGN_DOWN(p, PAGE_SIZE) != slot_address(*out))
		return 0;
	return *slot_word(*out) & SLOT_USED ? *slot_word(*out) : 0;
}

/* ---- which slots are free ---- */

/* Make sure that the word of a slot used for the first time has memory. False: there is none. */
static bool word_there(struct slot s)
{
	const uint64_t word = (uint64_t)slot_word(s), page = ALIGN_DOWN(word, PAGE_SIZE);
	struct arch_leaf leaf;
	uint64_t pa;

	if (word != page && s.number > 1)
		return true;
	if (space_find(page, &leaf))
		return true;
	pa = page_alloc(0, PAGE_ZERO);
	if (!pa)
		return false;
	if (space_map(page, pa, PAGE_SIZE, ARCH_RW) == OK)
		return true;
	page_free(pa, 0);
	return false;
}

static bool slot_new(struct area_class *c, struct slot *s)
{
	s->number = MAX(c->used, 1u);
	if (s->number == CLASS_SIZE >> (PAGE_SHIFT + 1 + s->class) || !word_there(*s))
		return false;
	__atomic_store_n(&c->used, s->number + 1, __ATOMIC_RELEASE);
	return true;
}

static bool slot_alloc(uint64_t pages, uint32_t flags, struct slot *s)
{
	struct area_class *c;
	bool ok = true;

	if (!pages || pages > PAGES_MAX)
		return false;
	s->class = 31 - (uint32_t)__builtin_clz((uint32_t)pages);
	c = &area.class[s->class];
	lock_acquire(&area.lock);
	if (c->first) {
		s->number = c->first;
		c->first = *slot_word(*s);
	} else {
		ok = slot_new(c, s);
	}
	if (ok)
		*slot_word(*s) = SLOT_USED | flags | (uint32_t)pages;
	lock_release(&area.lock);
	return ok;
}

/* Slots are reused as late as possible, so that a use after free most likely faults. */
static void slot_free(struct slot s)
{
	struct area_class *c = &area.class[s.class];

	lock_acquire(&area.lock);
	*slot_word(s) = 0;
	if (c->first)
		*slot_word((struct slot){ s.class, c->last }) = s.number;
	else
		c->first = s.number;
	c->last = s.number;
	lock_release(&area.lock);
}

/* ---- memory ---- */

/* Unmap and free the pages from va on, all of which are mapped. */
static void memory_release(uint64_t va, uint64_t pages)
{
	uint64_t pa[BATCH];
	struct arch_leaf leaf;

	for (uint64_t done = 0; done < pages; done += BATCH, va += BATCH * PAGE_SIZE) {
		const uint64_t n = MIN(pages - done, BATCH);

		for (uint64_t i = 0; i < n; i++)
			if (space_find(va + i * PAGE_SIZE, &leaf))
				pa[i] = leaf.pa;
			else
				panic("vm_free: 0x%llx is not mapped", LL(va + i * PAGE_SIZE));
		if (space_unmap(va, n * PAGE_SIZE) != OK)
			panic("vm_free: 0x%llx cannot be unmapped", LL(va));
		for (uint64_t i = 0; i < n; i++)
			page_free(pa[i], 0);
	}
}

void *vm_alloc(uint64_t size)
{
	const uint64_t pages = size > UINT64_MAX - PAGE_SIZE ? 0 : PAGES(size);
	struct slot s;
	uint64_t va;

	if (!slot_alloc(pages, 0, &s))
		return NULL;
	va = slot_address(s);
	for (uint64_t i = 0; i < pages; i++) {
		const uint64_t pa = page_alloc(0, 0);

		if (pa && space_map(va + i * PAGE_SIZE, pa, PAGE_SIZE, ARCH_RW) == OK)
			continue;
		if (pa)
			page_free(pa, 0);
		memory_release(va, i);
		slot_free(s);
		return NULL;
	}
	return (void *)va;
}

void vm_free(void *p)
{
	struct slot s;
	uint32_t word;

	if (!p)
		return;
	word = slot_find((uint64_t)p, &s);
	if (!word || word & SLOT_WINDOW || (uint64_t)p % PAGE_SIZE)
		panic("vm_free: 0x%llx is not allocated", LL((uint64_t)p));
	memory_release((uint64_t)p, SLOT_PAGES(word));
	slot_free(s);
}

uint64_t vm_size(const void *p)
{
	struct slot s;
	const uint32_t word = slot_find((uint64_t)p, &s);

	return word & SLOT_WINDOW || (uint64_t)p % PAGE_SIZE ? 0 : SLOT_PAGES(word) * PAGE_SIZE;
}

/* ---- windows ---- */

/* The memory types that the range touches, as TYPE bits. */
static uint32_t types_of(uint64_t pa, uint64_t size)
{
	uint32_t types = 0;

	for (uint32_t i = 0; i < area.entries && size; i++) {
		const struct boot_mem *m = &area.map[i];

		if (m->base >= pa + size)
			break;
		if (m->base + m->size <= pa)
			continue;
		if (m->base > pa)
			types |= TYPE_NONE;
		types |= 1u << m->type;
		size -= MIN(size, m->base + m->size - pa);
		pa = m->base + m->size;
	}
	return size ? types | TYPE_NONE : types;
}

/* Choose how the range is mapped. False: it must not be. */
static bool window_perm(uint64_t base, uint64_t size, enum arch_perm *perm)
{
	const uint32_t types = types_of(base, size);

	switch (*perm) {
	case ARCH_IO:
	case ARCH_WC:
		return !(types & ~TYPES_DEVICE);
	case ARCH_RO:
		if (types & TYPES_RAM)
			return !(types & ~TYPES_RAM);
		*perm = ARCH_IO;
		return true;
	default:
		return false;
	}
}

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	const uint64_t base = ALIGN_DOWN(pa, PAGE_SIZE);
	struct slot s;
	uint64_t pages;

	if (!pa || !size || size > PAGES_MAX * PAGE_SIZE || pa > UINT64_MAX - size - PAGE_SIZE)
		return NULL;
	pages = PAGES(pa + size - base);
	if (!window_perm(base, pages * PAGE_SIZE, &perm) || !slot_alloc(pages, SLOT_WINDOW, &s))
		return NULL;
	if (space_map(slot_address(s), base, pages * PAGE_SIZE, perm) == OK)
		return (void *)(slot_address(s) + (pa - base));
	slot_free(s);
	return NULL;
}

void window_unmap(const void *p)
{
	struct slot s;
	uint32_t word;

	if (!p)
		return;
	word = slot_find((uint64_t)p, &s);
	if (!(word & SLOT_WINDOW))
		panic("window_unmap: 0x%llx is not a window", LL((uint64_t)p));
	if (space_unmap(slot_address(s), SLOT_PAGES(word) * PAGE_SIZE) != OK)
		panic("window_unmap: 0x%llx cannot be unmapped", LL((uint64_t)p));
	slot_free(s);
}

void area_start(const struct boot_info *bi)
{
	area.map = space_ram(bi->memmap.base);
	area.entries = (uint32_t)(bi->memmap.size / sizeof(*area.map));
}
