/* SPDX-License-Identifier: MIT */
/* said.h - a console for tests of code that prints: all output is in said[]. */
#ifndef SAID_H
#define SAID_H
#include "tests/host/unit/unit.h"
#include "lib/console/console.h"
#include "lib/print.h"

static char said[1 << 20];
static size_t said_size;

static inline void said_clear(void)
{
	said_size = 0;
	said[0] = 0;
}

void console_write(const char *text, size_t size)
{
	assert_true(size < sizeof(said) - said_size);
	memcpy(said + said_size, text, size);
	said_size += size;
	said[said_size] = 0;
}

static inline void said_print(const char *fmt, va_list ap)
{
	char line[256];			/* what the real console_print() prints at once */

	assert_true(text_vformat(line, sizeof(line), fmt, ap) < (int)sizeof(line));
	console_write(line, strlen(line));
}

void console_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	said_print(fmt, ap);
	va_end(ap);
}
#endif
