/* SPDX-License-Identifier: MIT */
/*
 * fields.h - prints records of firmware's tables. A text, the form, describes their fields.
 *
 * A form is a list of NAME:KIND, or NAME for NAME:4, separated by blanks, that ends with a newline
 * or a NUL. The fields follow each other. A field that is not completely inside the record is not
 * printed, nor is one without a name. KIND:
 *
 *   N	little-endian number of N bytes, at most 8, in hexadecimal; without a name any N
 *   dN	the same in decimal
 *   g	Generic Address Structure, 12 bytes (ACPI 6.5, 5.2.3.2)
 *   s	number of a string after the record, 1 byte (SMBIOS 3.6, 6.1.3)
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
	uint32_t column;		/* on the line: long lines are broken */
};

/* Print the record's fields to the console as `form` describes them, each after a blank. */
void fields_print(struct fields *f, const char *form);

/* Print `size` bytes as text, with '?' for what is not printable ASCII. */
void fields_text(const void *bytes, uint32_t size);

/*
 * String number `number`, counted from 1, of NUL-terminated strings in strings[0..size); its length
 * goes to *length. NULL if there is none. SMBIOS 3.6, 6.1.3.
 */
const char *fields_string(const char *strings, uint32_t size, uint32_t number, uint32_t *length);

/* Parse the decimal number at *at and move *at past it; 0 if there is none. */
uint32_t fields_decimal(const char **at);

/* The little-endian number in `bytes` bytes, at most 8, at any alignment. */
uint64_t fields_number(const uint8_t *p, uint32_t bytes);
#endif
