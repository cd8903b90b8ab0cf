/* SPDX-License-Identifier: MIT */
/*
 * reuse.h - large memory for one test after another. To map it anew for each, page by page, can
 * take longer than all that is tested. While it is not in use, the sanitizer reports an access.
 */
#ifndef TESTS_REUSE_H
#define TESTS_REUSE_H

#include <stddef.h>

/* As aligned_alloc(3): the contents are undefined. */
void *reuse_alloc(size_t align, size_t size);

/* Give back what reuse_alloc() of that size has returned; the next one of that size gets it. */
void reuse_free(void *p, size_t size);
#endif
