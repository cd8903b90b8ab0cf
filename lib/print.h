/* SPDX-License-Identifier: MIT */
/* print.h - numbers to text and back. Pure; works at any time, also with the MMU off. */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H
#include "lib/base.h"
#include <stdarg.h>

/*
 * snprintf as in C99 7.19.6.5, with: %% %c %s %d %i %u %x %X %p; flags `-`, `0` and `#`; width and
 * precision (numbers or `*`); length modifiers h hh l ll z. Anything else is copied verbatim.
 * Returns the length of the whole text, without its NUL, even if that is more than fits. The result
 * is terminated if size > 0.
 */
int text_format(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int text_vformat(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/*
 * Parse an unsigned number, hexadecimal with 0x, else decimal, that extends to `end` (exclusive).
 * False if it is empty, malformed or above 2^64 - 1; *out is then unchanged.
 */
bool text_number(const char *s, const char *end, uint64_t *out);

/*
 * Text number n of `list`, NUL-terminated texts one after the other: a table without pointers,
 * which would have to be relocated. The caller knows that there are more than n.
 */
const char *text_item(const char *list, uint32_t n);

/* The value of a hexadecimal digit, UINT32_MAX if c is none. */
uint32_t text_digit(char c);
#endif
