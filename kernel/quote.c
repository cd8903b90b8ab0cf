/* SPDX-License-Identifier: MIT */
/* quote.c - see quote.h. */
#include "kernel/quote.h"
#include "lib/console/console.h"

void quote_print(const char *text, uint64_t size)
{
	console_print("\"");
	for (; size--; text++)
		console_print("%c", quote_char(*text));
	console_print("\"\n");
}
