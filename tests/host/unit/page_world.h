/* SPDX-License-Identifier: MIT */
/*
 * page_world.h - the allocator of physical pages, built from its sources, on memory that the host
 * provides when it is touched: a part of one reservation of address space, with physical addresses
 * as on a machine of two terabytes.
 */
#ifndef PAGE_WORLD_H
#define PAGE_WORLD_H
#include <sys/mman.h>
#include "tests/host/unit/unit.h"
#include "kernel/cpu/cpu.h"
#include "lib/console/panic.h"
#include "kernel/mm/page_tree.c"
#include "kernel/mm/page.c"

#define SPACE		(2048 * GIB)

static char *space;
static struct page_cache cache;
static jmp_buf panicked;
static bool panic_wanted;
static char panic_text[128];

_Noreturn void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(panic_text, sizeof(panic_text), fmt, ap);
	va_end(ap);
	if (!panic_wanted) {
		print_error("%s\n", panic_text);
		abort();
	}
	longjmp(panicked, 1);
}

/*
 * Whether freeing that is refused. Locks that are held then are forgotten, as after a real panic.
 */
static __attribute__((unused)) bool free_refused(uint64_t pa, uint32_t order)
{
	panic_wanted = true;
	if (setjmp(panicked)) {
		panic_wanted = cache.busy = false;
		memset(&pages.lock, 0, sizeof(pages.lock));
		return true;
	}
	page_free(pa, order);
	panic_wanted = false;
	return false;
}

static __attribute__((unused)) void start(uint64_t seed, bool cached)
{
	memset(&tree, 0, sizeof(tree));
	memset(&pages, 0, sizeof(pages));
	memset(&cache, 0, sizeof(cache));
	cpu_this()->pages = NULL;
	if (cached)
		page_cpu_start(&cache);
	memset(space + seed, 0xa5, PAGE_SEED);
	page_start(seed, (uint64_t)space);
}

/* Call it once; false if the host refuses. */
static bool space_reserve(void)
{
	space = mmap(NULL, SPACE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return space != MAP_FAILED;
}
#endif
