/* SPDX-License-Identifier: MIT */
/* quote.c - see quote.h. */
#include "kernel/quote.h"
#include "lib/console/console.h"

void quote_print(const char *text, uint64_t size)
{
	console_write("\"", 1);
	for (; size--; text++) {
		const char c = quote_char(*text);

		console_write(&c, 1);
	}
	console_write("\"\n", 2);
}
