/* SPDX-License-Identifier: MIT */
/* fields.c - see fields.h. Forms are our own, so only the record is untrusted. */
#include "kernel/firmware/fields.h"
#include "lib/acpi.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"

#define COLUMNS		90	/* a field that would begin after this gets a new line */
#define TEXT_MAX	64	/* characters of a string that are printed */
#define VALUE_MAX	(TEXT_MAX + 24)
#define UUID_SIZE	16

static char shown(uint8_t c)
{
	return c >= ' ' && c < 0x7f ? (char)c : '?';
}

void fields_text(const void *bytes, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++) {
		const char c = shown(((const uint8_t *)bytes)[i]);

		console_write(&c, 1);
	}
}

const char *fields_string(const char *strings, uint32_t size, uint32_t number, uint32_t *length)
{
	for (uint32_t at = 0, start; at < size && strings[at]; at++) {
		for (start = at; at < size && strings[at]; at++)
			;
		if (!--number) {
			*length = at - start;
			return strings + start;
		}
	}
	return NULL;
}

uint64_t fields_number(const uint8_t *p, uint32_t bytes)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < bytes; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

static void text_value(char *out, const struct fields *f, uint32_t number)
{
	uint32_t length = 0, i;
	const char *s = fields_string(f->strings, f->strings_size, number, &length);

	*out++ = '"';
	for (i = 0; i < MIN(length, TEXT_MAX); i++)
		out[i] = shown((uint8_t)s[i]);
	memcpy(out + i, "\"", 2);
}

static void uuid_value(char *out, const uint8_t *p)
{
	text_format(out, VALUE_MAX, "%08x-%04x-%04x-%02x%02x-%08x%04x",
		    (uint32_t)fields_number(p, 4), (uint32_t)fields_number(p + 4, 2),
		    (uint32_t)fields_number(p + 6, 2), p[8], p[9],
		    __builtin_bswap32((uint32_t)fields_number(p + 10, 4)),
		    __builtin_bswap16((uint16_t)fields_number(p + 14, 2)));
}

/* SPACE:ADDRESS/WIDTH+OFFSET/ACCESS */
static void gas_value(char *out, const uint8_t *p)
{
	const struct acpi_gas *g = (const void *)p;

	text_format(out, VALUE_MAX, "%x:0x%llx/%u+%u/%u", g->space, LL(g->address), g->bit_width,
		    g->bit_offset, g->access);
}

static void value_print(struct fields *f, const char *name, int name_size, char kind,
			const uint8_t *p, uint32_t size)
{
	char value[VALUE_MAX];

	switch (kind) {
	case 'g':
		gas_value(value, p);
		break;
	case 's':
		if (!*p)
			return;				/* there is no such string */
		text_value(value, f, *p);
		break;
	case 'u':
		uuid_value(value, p);
		break;
	default:
		text_format(value, sizeof(value), kind == 'd' ? "%llu" : "0x%llx",
			    LL(fields_number(p, MIN(size, 8))));
	}
	if (f->column > COLUMNS) {
		console_print("\n   ");
		f->column = 3;
	}
	console_print(" %.*s=%s", name_size, name, value);
	f->column += 2 + (uint32_t)name_size + (uint32_t)strlen(value);
}

/* Bytes of a field of this kind, if its form does not say. */
static uint32_t kind_size(char kind)
{
	return kind == 'g' ? sizeof(struct acpi_gas) : kind == 'u' ? UUID_SIZE : 1;
}

uint32_t fields_decimal(const char **at)
{
	uint32_t n = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		n = 10 * n + (uint32_t)(**at - '0');
	return n;
}

void fields_print(struct fields *f, const char *form)
{
	uint32_t at = 0, size;

	while (*form && *form != '\n') {
		const char *name = form, *end;
		char kind = 0;

		while (*form > ' ' && *form != ':')
			form++;
		end = form;
		if (*form == ':' && *++form > '9')
			kind = *form++;
		size = form == end ? sizeof(uint32_t) : fields_decimal(&form);
		if (!size)
			size = kind_size(kind);
		if (size > f->size - at)
			return;
		if (end != name)
			value_print(f, name, (int)(end - name), kind, f->data + at, size);
		at += size;
		while (*form == ' ')
			form++;
	}
}
