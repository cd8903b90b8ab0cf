/* SPDX-License-Identifier: MIT */
/* crc32.h - the usual checksum of files, which the report prints for the initrd. */
#ifndef KERNEL_CRC32_H
#define KERNEL_CRC32_H
#include "lib/base.h"

/*
 * CRC-32 as in IEEE 802.3, zlib, `crc32`: start with crc = 0, continue with the result. `data` may
 * have any alignment; `size` is in bytes. The first call builds tables in .bss: one CPU at a time.
 */
uint32_t crc32(uint32_t crc, const void *data, uint64_t size);
#endif
