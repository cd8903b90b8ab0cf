/* SPDX-License-Identifier: MIT */
/*
 * console.h - text to the serial port and to the screen, after firmware is gone.
 *
 * One CPU, no interrupts, no allocation. The state lies in .data, not .bss, so that
 * the stub may use it before anything is known about .bss; an image's copy has its own,
 * reached with image_twin(&console, copy). Never hangs: a port that stays busy is
 * given up.
 */
#ifndef CONSOLE_H
#define CONSOLE_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

struct console {
	struct boot_uart uart;	/* base as it can be used now: virtual if memory mapped */
	struct boot_fb fb;	/* mem.base as it can be used now */
	uint32_t column, row;	/* next cell on the screen */
	uint32_t screen_on;	/* 0: text goes to the serial port only */
	uint32_t dead;		/* the serial port was given up */
};
extern struct console console;

/*
 * Use `uart` (and from now on only it), unless it is the port that was given up. `offset` is
 * added to a memory-mapped base: the direct map's. The port's speed and format are left as
 * firmware set them, except that a BOOT_UART_FROM_DEFAULT 16550 gets 115200 8N1; if no such
 * port answers, none is used.
 */
void console_serial(const struct boot_uart *uart, uint64_t offset);

/* Show text on `fb` too, from its top; clears it. `offset` likewise. */
void console_screen(const struct boot_fb *fb, uint64_t offset);

/* UTF-8 passes through to the serial port; the screen shows ASCII, '?' for the rest. */
void console_write(const char *text, size_t size);
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Paint the upper left corner red: the sign, without any text, that a fault was taken. */
void console_mark_fault(const struct boot_fb *fb, uint64_t offset);
#endif
