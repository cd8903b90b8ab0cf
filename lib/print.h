/* SPDX-License-Identifier: MIT */
/* print.h - numbers to text and back. Pure; safe at any time, with the MMU off included. */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H
#include "lib/base.h"
#include <stdarg.h>

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
#endif
