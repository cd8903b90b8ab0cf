/* SPDX-License-Identifier: MIT */
/* log.c - see log.h. Pure but for the console's tap. */
#include "kernel/log.h"
#include "include/stubborn/boot_info.h"
#include "include/stubborn/crumb.h"
#include "lib/console/console.h"

_Static_assert(CRUMB_SIZE + sizeof(struct boot_info) <= LOG_OFFSET, "boot_info ends before it");
_Static_assert(sizeof(struct log) == PAGE_SIZE - LOG_OFFSET, "it ends with the page");

#define LOG_WIDTH	200

static struct log *kept;

static void log_write(const char *text, size_t size)
{
	if (console.level == CONSOLE_SCREEN)
		return;
	for (size_t i = 0; i < size; i++)
		kept->text[kept->written++ % LOG_TEXT] = text[i];
}

void log_start(struct log *log)
{
	log->written = 0;
	log->magic = LOG_MAGIC;
	kept = log;
	console_tap = log_write;
}

uint64_t log_tail(const struct log *log, uint32_t lines)
{
	const uint64_t end = log->written;
	const uint64_t first = end > LOG_TEXT ? end - LOG_TEXT : 0;
	uint64_t at = end;

	if (log->magic != LOG_MAGIC || !lines)
		return end;
	while (at > first) {
		if (at != end && log->text[(at - 1) % LOG_TEXT] == '\n' && !--lines)
			break;
		at--;
	}
	return at;
}

uint32_t log_line(const struct log *log, uint64_t *at, char *out, uint32_t cap)
{
	uint32_t n = 0;

	while (*at < log->written) {
		const char c = log->text[(*at)++ % LOG_TEXT];

		if (c == '\n')
			break;
		if (n < cap)
			out[n++] = c < ' ' || c > '~' ? '?' : c;
	}
	return n;
}

void log_print(uint32_t lines)
{
	const struct log *log = kept;
	char line[LOG_WIDTH];

	if (!log)
		return;
	console_tap = NULL;
	for (uint64_t at = log_tail(log, lines); at < log->written;) {
		const uint32_t n = log_line(log, &at, line, sizeof(line));

		console_print("%.*s\n", (int)n, line);
	}
	console_tap = log_write;
}
