/* SPDX-License-Identifier: MIT */
/* alias.h - other addresses of memory that is to become executable. */
#ifndef KERNEL_ALIAS_H
#define KERNEL_ALIAS_H
#include "arch/map.h"

/*
 * Whether any of the memory is mapped writable or executable, at any address. Executable memory
 * counts, as space.c forgets what is executable when one of its mappings is removed.
 */
bool alias_find(const struct arch_map *m, uint64_t pa, uint64_t size);
#endif
