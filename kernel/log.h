/* SPDX-License-Identifier: MIT */
/*
 * log.h - keeps the last console output in the handoff's first page, where the next run finds it
 * together with the breadcrumbs.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H
#include "lib/base.h"

#define LOG_OFFSET	0x600	/* in the page: after breadcrumbs and boot_info */
#define LOG_MAGIC	0x474f4c2d42545353ull	/* "SSTB-LOG", little endian */
#define LOG_TEXT	(PAGE_SIZE - LOG_OFFSET - 2 * sizeof(uint64_t))

struct log {
	uint64_t magic;
	uint64_t written;		/* bytes so far: the next one is text[written % LOG_TEXT] */
	char text[LOG_TEXT];
};

/* Record everything that the console prints from now on, except CONSOLE_SCREEN, in `log`. */
void log_start(struct log *log);

/* Print the last `lines` lines, without recording them again. Does nothing before log_start(). */
void log_print(uint32_t lines);

/*
 * Where the last `lines` lines of a log begin, for log_line(); the oldest text that remains if
 * there are fewer. The log may be garbage: without LOG_MAGIC it has no lines, and the result is its
 * end.
 */
uint64_t log_tail(const struct log *log, uint32_t lines);

/*
 * Copy the line at *at to `out`, cut to `cap` bytes, with '?' for what is not printable ASCII, and
 * move *at past it. Returns the length; there is no NUL.
 */
uint32_t log_line(const struct log *log, uint64_t *at, char *out, uint32_t cap);
#endif
