/* SPDX-License-Identifier: MIT */
#include "tests/host/reuse.h"
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdlib.h>

static struct {
	void *p;
	size_t size;
} kept;

void *reuse_alloc(size_t align, size_t size)
{
	void *p = kept.p;

	if (!p || kept.size != size || (uintptr_t)p % align)
		return aligned_alloc(align, size);
	kept.p = NULL;
	ASAN_UNPOISON_MEMORY_REGION(p, size);
	return p;
}

void reuse_free(void *p, size_t size)
{
	free(kept.p);
	kept.p = p;
	kept.size = size;
	ASAN_POISON_MEMORY_REGION(p, size);
}
