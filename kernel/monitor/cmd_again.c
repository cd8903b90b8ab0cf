/* SPDX-License-Identifier: MIT */
/* cmd_again.c - the command `again`: boot once more, with the words that follow as command line. */
#include "monitor.h"
#include "kernel/again.h"
#include "lib/print.h"

#define LINE_MAX	1024

bool command_again(struct kernel *k, uint32_t n, char **words)
{
	char line[LINE_MAX] = "";
	int at = 0;

	for (uint32_t i = 1; i < n; i++) {
		at += text_format(line + at, sizeof(line) - (size_t)at, "%s ", words[i]);
		if ((size_t)at >= sizeof(line))
			return monitor_error("the command line is too long");
	}
	return monitor_error("%s", again_with(k, line));
}
