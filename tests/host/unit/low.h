/* SPDX-License-Identifier: MIT */
/* low.h - memory below 4 GiB with an unmapped page after its end. */
#ifndef LOW_H
#define LOW_H
#include "tests/host/unit/unit.h"
#include <sys/mman.h>

#define LOW_PAGE	4096ul

/* `size` bytes of zeros that end where nothing is mapped. Never freed. */
static inline void *low(size_t size)
{
	const size_t all = (size + LOW_PAGE - 1) / LOW_PAGE * LOW_PAGE;
	char *p = mmap(NULL, all + LOW_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p + all, LOW_PAGE, PROT_NONE), 0);
	return p + all - size;
}

static inline void *low_copy(const void *data, size_t size)
{
	return memcpy(low(size), data, size);
}
#endif
