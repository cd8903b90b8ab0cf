/* SPDX-License-Identifier: MIT */
/* windows.c - see windows.h. */
#include "kernel/mm/windows.h"
#include "kernel/cpu/trap.h"
#include "kernel/mm/area.h"
#include "kernel/mm/space.h"

/* Whether the direct map has all of it, as cached memory. */
static bool direct(uint64_t pa, uint64_t size)
{
	const uint64_t start = (uint64_t)space_ram(pa);
	struct arch_leaf leaf;

	if (!pa || !ends_by(pa, size, ARCH_REACH))
		return false;
	for (uint64_t at = start; at - start < size; at = leaf.va + leaf.size)
		if (!space_find(at, &leaf) || !leaf.cached)
			return false;
	return true;
}

/* Read a byte of each page: some CPUs fault where nothing is. */
static void touch(void *what)
{
	const struct boot_range *r = what;

	for (uint64_t i = 0; i < r->size; i += PAGE_SIZE)
		(void)*(volatile char *)(r->base + i);
	(void)*(volatile char *)(r->base + r->size - 1);
}

const void *windows_reach(void *cookie, uint64_t pa, uint64_t size)
{
	struct windows *w = cookie;
	struct trap_info fault;
	struct boot_range r;
	void *at;

	if (!size)
		return NULL;
	if (direct(pa, size))
		return space_ram(pa);
	for (uint32_t i = 0; i < w->count; i++) {
		const uint64_t offset = pa - w->window[i].pa;

		if (ends_by(offset, size, w->window[i].size))
			return (char *)w->window[i].at + offset;
	}
	at = w->count < WINDOWS_MAX ? window_map(pa, size, ARCH_RO) : NULL;
	if (!at)
		return NULL;
	r = (struct boot_range){ (uint64_t)at, size };
	if (!trap_try(touch, &r, &fault)) {
		window_unmap(at);
		return NULL;
	}
	w->window[w->count].pa = pa;
	w->window[w->count].size = size;
	w->window[w->count++].at = at;
	return at;
}

void windows_close(struct windows *w)
{
	while (w->count)
		window_unmap(w->window[--w->count].at);
}
