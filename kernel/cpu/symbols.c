/* SPDX-License-Identifier: MIT */
/* symbols.c - see symbols.h. The table is text: no relocations, and hardly larger than binary. */
#include "kernel/cpu/symbols.h"
#include "lib/image.h"

extern const char image_symbols[], image_symbols_end[];

static uint64_t hex_read(const char **text, const char *end)
{
	const char *c = *text;
	uint64_t value = 0;

	for (; c != end && *c != ' ' && *c != '\n'; c++)
		value = value << 4 | (uint64_t)(*c <= '9' ? *c - '0' : *c - 'a' + 10);
	*text = c;
	return value;
}

bool symbol_find_in(const char *table, size_t size, uint64_t at, struct symbol *out)
{
	const char *end = table + size, *text = table;
	struct symbol last = { 0 };
	uint64_t start = 0;

	while (text < end) {
		const uint64_t next = start + hex_read(&text, end);

		if (last.len && at - start < next - start) {
			*out = last;
			out->offset = at - start;
			return true;
		}
		start = next;
		text += text < end;		/* the blank */
		last = (struct symbol){ .name = text };
		while (text < end && *text != '\n')
			text++;
		last.len = (uint32_t)(text - last.name);
		text += text < end;
	}
	return false;
}

bool symbol_find(uint64_t address, struct symbol *out)
{
	return symbol_find_in(image_symbols, (size_t)(image_symbols_end - image_symbols),
			      address - (uint64_t)image_start, out);
}
