/* SPDX-License-Identifier: MIT */
/* newc.c - see newc.h. A header is text: a magic number and 13 fields of 8 hexadecimal digits. */
#include "kernel/newc.h"
#include "lib/print.h"
#include "lib/string.h"

#define HEADER_SIZE	110
#define MAGIC_SIZE	6
#define FIELD_SIZE	8
#define ALIGNMENT	4
#define TRAILER		"TRAILER!!!"

enum { FIELD_MODE = 1, FIELD_SIZE_OF_FILE = 6, FIELD_SIZE_OF_NAME = 11 };

static bool field(const uint8_t *header, uint32_t n, uint32_t *out)
{
	const uint8_t *digit = header + MAGIC_SIZE + n * FIELD_SIZE;

	*out = 0;
	for (uint32_t i = 0; i < FIELD_SIZE; i++) {
		const uint32_t value = text_digit((char)digit[i]);

		if (value == UINT32_MAX)
			return false;
		*out = *out << 4 | value;
	}
	return true;
}

static enum newc file_at(const uint8_t *archive, uint64_t size, uint64_t at, struct newc_file *out,
			 uint64_t *end)
{
	const uint8_t *header = archive + at;
	uint32_t name_size, file_size;
	uint64_t data;

	if (size - at < HEADER_SIZE || (memcmp(header, "070701", MAGIC_SIZE) != 0 &&
					memcmp(header, "070702", MAGIC_SIZE) != 0))
		return NEWC_BAD;
	if (!field(header, FIELD_MODE, &out->mode) ||
	    !field(header, FIELD_SIZE_OF_FILE, &file_size) ||
	    !field(header, FIELD_SIZE_OF_NAME, &name_size))
		return NEWC_BAD;
	at += HEADER_SIZE;
	if (!name_size || name_size > size - at || archive[at + name_size - 1] != 0)
		return NEWC_BAD;
	data = ALIGN_UP(at + name_size, ALIGNMENT);
	if (file_size && (data > size || file_size > size - data))
		return NEWC_BAD;
	out->name = (const char *)archive + at;
	out->data = archive + data;
	out->size = file_size;
	*end = ALIGN_UP(data + file_size, ALIGNMENT);
	return NEWC_FILE;
}

enum newc newc_next(const uint8_t *archive, uint64_t size, uint64_t *at, struct newc_file *out)
{
	for (;;) {
		uint64_t end;

		while (*at < size && archive[*at] == 0)
			++*at;
		if (*at >= size)
			return NEWC_END;
		if (*at % ALIGNMENT || file_at(archive, size, *at, out, &end) != NEWC_FILE)
			return NEWC_BAD;
		*at = end;
		if (strcmp(out->name, TRAILER) != 0)
			return NEWC_FILE;
	}
}
