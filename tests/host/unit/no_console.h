/* SPDX-License-Identifier: MIT */
/* no_console.h - fails if our own console is used: firmware has one. */
#include "tests/host/unit/unit.h"
#include "lib/console/console.h"

void console_serial(const struct boot_uart *uart, uint64_t offset)
{
	(void)uart, (void)offset;
	fail();
}

void console_print(const char *fmt, ...)
{
	(void)fmt;
	fail();
}
