/* SPDX-License-Identifier: MIT */
/*
 * lib.h - strings, formatted text, sums: what both halves need and C does not give.
 *
 * Pure: no allocation, no state, no device. Safe at any time, in any regime, with
 * the MMU off included (no unaligned access).
 */
#ifndef LIB_H
#define LIB_H
#include "include/base.h"
#include <stdarg.h>

/* C's own; the compiler calls the first four. n in bytes; 8-byte aligned areas are quick. */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/*
 * snprintf as in C99 7.19.6.5 for: %% %c %s %d %i %u %x %X %p, with flags `-`, `0` and
 * `#`, width and precision (numbers or `*`), and h hh l ll z length modifiers. Anything else
 * is copied as it stands. Returns the length the whole text has; always terminates if size > 0.
 */
int text_format(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int text_vformat(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/*
 * Parse an unsigned number, 0x for hexadecimal, else decimal, which must end at `end`
 * (exclusive). False when empty, malformed or above 2^64 - 1; *out is then unchanged.
 */
bool text_number(const char *s, const char *end, uint64_t *out);

/*
 * 64-bit sum of `size` bytes at an 8-byte aligned address; size a multiple of 8. Differs
 * for certain if one aligned word differs. About 1.3 instructions a word: no tables, no
 * CRC instructions that some CPUs lack.
 */
uint64_t sum64(const void *data, uint64_t size);

/* CRC-32 as in IEEE 802.3, zlib, `crc32`: start with crc = 0, continue with the result. */
uint32_t crc32(uint32_t crc, const void *data, uint64_t size);
#endif
