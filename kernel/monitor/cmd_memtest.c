/* SPDX-License-Identifier: MIT */
/* cmd_memtest.c - the command `memtest`. It writes only to memory that is not in use. */
#include "monitor.h"
#include "kernel/memtest/memtest.h"

#define ROUNDS_MAX	1000000

/* BASE-END */
static bool range_read(char *word, struct boot_range *out)
{
	char *dash = word;
	uint64_t end;

	while (*dash && *dash != '-')
		dash++;
	if (!*dash)
		return monitor_error("\"%s\" is not BASE-END", word);
	*dash = 0;
	if (!monitor_number(word, &out->base) || !monitor_number(dash + 1, &end))
		return false;
	if ((out->base | end) % PAGE_SIZE || end <= out->base)
		return monitor_error("a range is of whole pages, and not empty");
	out->size = end - out->base;
	return true;
}

bool command_memtest(struct kernel *k, uint32_t n, char **words)
{
	struct boot_range range = { 0, 0 };
	uint64_t rounds = 1;

	if ((n > 1 && !monitor_number(words[1], &rounds)) ||
	    (n > 2 && !range_read(words[2], &range)))
		return false;
	if (!rounds || rounds > ROUNDS_MAX)
		return monitor_error("1 to %u passes", ROUNDS_MAX);
	return memtest_command(k, rounds, &range, monitor_rest());
}
