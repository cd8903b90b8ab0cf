/* SPDX-License-Identifier: MIT */
/* sum.h - the checksum that the stub writes into boot_info and the kernel verifies. Pure. */
#ifndef LIB_SUM_H
#define LIB_SUM_H
#include "lib/base.h"

/*
 * 64-bit sum of `size` bytes at an 8-byte aligned address, size a multiple of 8; goes on from
 * `sum`, 0 to begin with. Differs for certain if one aligned word differs. About 1.3
 * instructions a word: no tables, no CRC instructions that some CPUs lack.
 */
uint64_t sum64(uint64_t sum, const void *data, uint64_t size);
#endif
