/* SPDX-License-Identifier: MIT */
/*
 * string.h - C's memory and string functions (C99 7.21). The compiler itself calls the first four.
 *
 * Fast if areas are aligned to 8 bytes. Pure: no allocation, no state. Usable at any time and in
 * any regime, also with the MMU off (no unaligned access).
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H
#include "lib/base.h"

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
#endif
