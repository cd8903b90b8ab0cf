/* SPDX-License-Identifier: MIT */
/*
 * console.h - prints to the serial port and the screen, after firmware is gone.
 *
 * One CPU at a time, no allocation. State is in .data, not .bss, so that the stub can use it
 * before .bss can be trusted; a copied image has its own, at image_twin(&console, copy). Never
 * hangs: a port that stays busy is no longer used.
 */
#ifndef CONSOLE_H
#define CONSOLE_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"

/*
 * The importance of what is printed, in the numbers of syslog (RFC 5424, 6.2.1). Levels 1 and 2 are
 * not used.
 */
enum console_level {
	CONSOLE_ALWAYS,		/* panics, and answers to the user */
	CONSOLE_ERROR = 3, CONSOLE_WARNING, CONSOLE_NOTICE, CONSOLE_INFO, CONSOLE_DEBUG,
	CONSOLE_SCREEN,		/* a picture: for screen_write alone */
};
#define CONSOLE_REPEATED UINT32_MAX	/* level: not for the serial port, even in a panic */
#define CONSOLE_ALL (CONSOLE_REPEATED - 1)	/* console.limit, and screen_write's, in a panic */

struct console {
	struct boot_uart uart;	/* base as accessible now: virtual if memory-mapped */
	struct boot_fb fb;	/* mem.base likewise */
	uint32_t column, row;	/* next cell on the screen */
	uint32_t screen_on;	/* 0: print to the serial port only */
	void (*screen_write)(const char *text, size_t size); /* shows it; NULL: screen.h does */
	uint32_t dead;		/* the serial port is not used any more */
	uint32_t level;		/* of what is being printed: enum console_level */
	uint32_t limit;		/* the highest level that is sent */
	uint32_t panics;	/* begun; from the second on, the port is not used */
};
extern struct console console;

/* Print with this importance from now on. Returns the previous level, to be restored. */
static inline uint32_t console_as(uint32_t level)
{
	const uint32_t before = console.level;

	console.level = level;
	return before;
}

/* Called with everything that is written; may be NULL. */
extern void (*console_tap)(const char *text, size_t size);

/*
 * For a kernel with several CPUs: console_turn(true) waits until no other CPU prints, and returns
 * true if console_turn(false) must follow. NULL: only one CPU prints.
 */
extern bool (*console_turn)(bool take);

/* Around code that changes the console or the screen. Pass on what take returned. */
static inline bool console_turn_take(void)
{
	return console_turn && console_turn(true);
}

static inline void console_turn_give(bool taken)
{
	if (taken && console_turn)
		console_turn(false);
}

/*
 * Print to `uart` and nothing else, unless it is the port that stayed busy. `offset` is added to a
 * memory-mapped base (the direct map's). Speed and format stay as firmware set them, except that a
 * BOOT_UART_FROM_DEFAULT 16550 is set to 115200 8N1, and not used if it does not answer. If
 * ARCH_CALLS, firmware prints instead of a port that cannot be used.
 */
void console_serial(const struct boot_uart *uart, uint64_t offset);

/* Also print to `fb`, from its top; clears it. `offset` likewise. */
void console_screen(const struct boot_fb *fb, uint64_t offset);

/* The serial port gets UTF-8 as it is; the screen shows ASCII, and '?' for the rest. */
void console_write(const char *text, size_t size);
/* One call prints at most 255 bytes. Formats are those of lib/print.h. */
void console_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same as a warning, which begins with the kernel's name. `fmt` ends with a newline. */
void console_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Paint the upper left corner red, to show without any text that a fault was taken. */
void console_mark_fault(void);
#endif
