/* SPDX-License-Identifier: MIT */
/* quote.h - shows text from outside, of which a terminal must obey nothing. */
#ifndef KERNEL_QUOTE_H
#define KERNEL_QUOTE_H
#include "lib/base.h"

/* A byte of UTF-8 text, or '?' for a control character. */
static inline char quote_char(char c)
{
	return (uint8_t)c < ' ' || c == 0x7f ? '?' : c;
}

/* Print the text in quotes, and end the line. */
void quote_print(const char *text, uint64_t size);
#endif
