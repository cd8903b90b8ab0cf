/* SPDX-License-Identifier: MIT */
/* cmd_memory.c - peek, poke, dump, fill, find: any address, good or bad. */
#include "monitor.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"

#define DUMP_LINE	16		/* bytes a line */
#define DUMP_DEFAULT	128
#define FIND_HITS	32
#define WINDOW		256		/* bytes read under one trap_try */

static bool width_of(uint32_t n, char **words, uint32_t at, uint32_t *width)
{
	uint64_t value = sizeof(uint32_t);

	if (n > at && !monitor_number(words[at], &value))
		return false;
	if (value != 1 && value != 2 && value != 4 && value != 8)
		return monitor_error("width is 1, 2, 4 or 8");
	*width = (uint32_t)value;
	return true;
}

/*
 * CPUs may allow unaligned access to memory but not to devices, and these commands do not need it.
 */
static bool aligned(uint64_t at, uint32_t width)
{
	return at % width ? monitor_error("0x%llx is not a multiple of %u", LL(at), width) : true;
}

bool command_peek(struct kernel *k, uint32_t n, char **words)
{
	uint32_t width;
	uint64_t at, value;

	if (!monitor_address(k, words[1], &at) || !width_of(n, words, 2, &width) ||
	    !aligned(at, width) || !monitor_read(at, width, &value))
		return false;
	console_print("0x%llx: 0x%0*llx\n", LL(at), 2 * (int)width, LL(value));
	return true;
}

bool command_poke(struct kernel *k, uint32_t n, char **words)
{
	uint32_t width;
	uint64_t at, value;

	if (!monitor_address(k, words[1], &at) || !monitor_number(words[2], &value) ||
	    !width_of(n, words, 3, &width) || !aligned(at, width))
		return false;
	if (width < sizeof(value) && value >> (8 * width))
		return monitor_error("0x%llx does not fit in %u bytes", LL(value), width);
	return monitor_write(at, width, value);
}

struct window {
	uint64_t at;
	uint32_t size;
	uint8_t bytes[WINDOW];
};

static void window_copy(void *cookie)
{
	struct window *w = cookie;

	for (uint32_t i = 0; i < w->size; i++)
		w->bytes[i] = ((const volatile uint8_t *)w->at)[i];
}

static void window_fill(void *cookie)
{
	const struct window *w = cookie;

	for (uint32_t i = 0; i < w->size; i++)
		((volatile uint8_t *)w->at)[i] = w->bytes[0];
}

/* Run fn on a window of memory; print an error if it faults. Not every fault has an address. */
static bool window_try(struct window *w, void (*fn)(void *), uint64_t at, uint64_t size)
{
	struct trap_info fault;

	w->at = at;
	w->size = (uint32_t)size;
	if (trap_try(fn, w, &fault))
		return true;
	if (fault.address - at < size)
		at = fault.address;
	return monitor_error("0x%llx: %s", LL(at), fault.what);
}

static bool range_of(const struct kernel *k, char **words, uint64_t *at, uint64_t *size)
{
	if (!monitor_address(k, words[1], at) || !monitor_number(words[2], size))
		return false;
	if (*size > UINT64_MAX - *at)
		return monitor_error("the range wraps around");
	return true;
}

static void dump_line(const struct window *w)
{
	char text[DUMP_LINE + 1] = "";

	console_print("%016llx ", LL(w->at));
	for (uint32_t i = 0; i < DUMP_LINE; i++) {
		if (i >= w->size) {
			console_print("   ");
			continue;
		}
		console_print(" %02x", w->bytes[i]);
		text[i] = w->bytes[i] >= ' ' && w->bytes[i] < 0x7f ? (char)w->bytes[i] : '.';
	}
	console_print("  %s\n", text);
}

void monitor_dump(const void *bytes, uint64_t size)
{
	struct window w;

	for (w.at = (uint64_t)bytes; size; size -= w.size, w.at += w.size) {
		w.size = (uint32_t)MIN(size, DUMP_LINE);
		memcpy(w.bytes, (const void *)w.at, w.size);
		dump_line(&w);
	}
}

bool command_dump(struct kernel *k, uint32_t n, char **words)
{
	uint64_t at, size = DUMP_DEFAULT;
	struct window w;

	if (n == 3 ? !range_of(k, words, &at, &size) : !monitor_address(k, words[1], &at))
		return false;
	while (size) {
		const uint64_t part = MIN(size, DUMP_LINE - at % DUMP_LINE);

		if (!window_try(&w, window_copy, at, part))
			return false;
		dump_line(&w);
		at += part;
		size -= part;
		if (monitor_stopped())
			return false;
	}
	return true;
}

bool command_fill(struct kernel *k, uint32_t n, char **words)
{
	uint64_t at, size, value, part;
	struct window w;

	(void)n;
	if (!range_of(k, words, &at, &size) || !monitor_number(words[3], &value))
		return false;
	if (value > UINT8_MAX)
		return monitor_error("0x%llx is not a byte", LL(value));
	w.bytes[0] = (uint8_t)value;
	for (; size; at += part, size -= part) {
		part = MIN(size, WINDOW);
		if (!window_try(&w, window_fill, at, part))
			return false;
		if (monitor_stopped())
			return false;
	}
	return true;
}

bool monitor_bytes(const char *word, uint8_t *out, uint32_t *size)
{
	size_t length = strlen(word);

	if (length >= 2 && word[0] == '0' && word[1] == 'x') {
		if (length % 2 || length / 2 - 1 > MONITOR_BYTES)
			return monitor_error("bytes have two digits each, at most %u",
					     MONITOR_BYTES);
		for (size_t i = 2; i < length; i += 2) {
			const uint32_t high = text_digit(word[i]), low = text_digit(word[i + 1]);

			if (high == UINT32_MAX || low == UINT32_MAX)
				return monitor_error("\"%s\" is not hexadecimal", word);
			out[i / 2 - 1] = (uint8_t)(high << 4 | low);
		}
		*size = (uint32_t)length / 2 - 1;
		return true;
	}
	if (!length || length > MONITOR_BYTES)
		return monitor_error("a text has 1 to %u characters", MONITOR_BYTES);
	memcpy(out, word, length);
	*size = (uint32_t)length;
	return true;
}

bool command_find(struct kernel *k, uint32_t n, char **words)
{
	uint8_t pattern[MONITOR_BYTES];
	uint32_t length, hits = 0;
	uint64_t at, size;
	struct window w;

	(void)n;
	if (!range_of(k, words, &at, &size) || !monitor_bytes(words[3], pattern, &length))
		return false;
	if (!length)
		return monitor_error("nothing to find");
	while (size >= length) {
		const uint64_t part = MIN(size, WINDOW);

		if (!window_try(&w, window_copy, at, part))
			return false;
		for (uint64_t i = 0; i + length <= part; i++) {
			if (memcmp(&w.bytes[i], pattern, length) != 0)
				continue;
			console_print("0x%llx\n", LL(at + i));
			if (++hits == FIND_HITS)
				return monitor_error("and perhaps more");
		}
		if (part == size)
			break;
		at += part - length + 1;	/* a match may cross the window's end */
		size -= part - length + 1;
		if (monitor_stopped())
			return false;
	}
	return hits ? true : monitor_error("not found");
}
