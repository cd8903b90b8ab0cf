/* SPDX-License-Identifier: MIT */
/*
 * log.h - the last of what the console has said, in the handoff's first page: the run after this
 * one finds it where it finds the breadcrumbs.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H
#include "lib/base.h"

#define LOG_OFFSET	0x600	/* in the page: behind breadcrumbs and boot_info */
#define LOG_MAGIC	0x474f4c2d42545353ull	/* "SSTB-LOG", little endian */
#define LOG_TEXT	(PAGE_SIZE - LOG_OFFSET - 2 * sizeof(uint64_t))

struct log {
	uint64_t magic;
	uint64_t written;		/* bytes so far: the next one is text[written % LOG_TEXT] */
	char text[LOG_TEXT];
};

/* From now on all that the console says is kept in `log`. */
void log_start(struct log *log);

/* Print its last `lines` lines, which it does not hear. */
void log_print(uint32_t lines);

/*
 * The last lines of a log that may be garbage, at most `lines` of them: where they begin, for
 * log_line(). No log has none.
 */
uint64_t log_tail(const struct log *log, uint32_t lines);

/* One line from *at on, cut to `cap` bytes and made printable; its length. *at is behind it. */
uint32_t log_line(const struct log *log, uint64_t *at, char *out, uint32_t cap);
#endif
