/* SPDX-License-Identifier: MIT */
/* sum.h - the checksum that the stub puts into boot_info and the kernel verifies. Pure. */
#ifndef LIB_SUM_H
#define LIB_SUM_H
#include "lib/base.h"

/*
 * 64-bit sum of `size` bytes at an 8-byte aligned address; size is a multiple of 8. Continues from
 * `sum`, initially 0. Always changes if one aligned word changes. About 1.3 instructions per word,
 * without tables or CRC instructions, which some CPUs lack.
 */
uint64_t sum64(uint64_t sum, const void *data, uint64_t size);
#endif
