/* SPDX-License-Identifier: MIT */
/*
 * fields.h - prints records of firmware's tables; a text, the form, says which bytes are what.
 *
 * A form is a list of NAME:KIND, separated by blanks, that ends with a newline or a NUL. The fields
 * follow each other; one that does not lie in the record with all its bytes is not printed, nor
 * is one without a name. KIND:
 *
 *   N	little-endian number of N bytes, at most 8, in hexadecimal; without a name any N
 *   dN	the same in decimal
 *   g	Generic Address Structure, 12 bytes (ACPI 6.5, 5.2.3.2)
 *   s	number of a string behind the record, 1 byte (SMBIOS 3.6, 6.1.3)
 *   u	UUID, 16 bytes, the first three parts little-endian
 */
#ifndef KERNEL_FIELDS_H
#define KERNEL_FIELDS_H
#include "lib/base.h"

struct fields {
	const uint8_t *data;		/* the record: `size` readable bytes, at any alignment */
	uint32_t size;
	const char *strings;		/* for kind s */
	uint32_t strings_size;
	uint32_t column;		/* where on the line: longer lines are broken */
};

/* Print the fields of `form`, each after a blank, to the console. Any time it may be used. */
void fields_print(struct fields *f, const char *form);

/* Print `bytes` as fields do texts: '?' for what is not printable ASCII. */
void fields_text(const void *bytes, uint32_t size);

/*
 * String `number` from 1 on, of those that end with a NUL each; the length in *size. NULL: there is
 * none. SMBIOS 3.6, 6.1.3.
 */
const char *fields_string(const char *strings, uint32_t size, uint32_t number, uint32_t *length);

/* The decimal number at *at, which then is behind it; 0 if there is none. */
uint32_t fields_decimal(const char **at);

/* A little-endian number of at most 8 bytes. */
uint64_t fields_number(const uint8_t *p, uint32_t bytes);
#endif
