/* SPDX-License-Identifier: MIT */
/*
 * s5.c - finds the value that switches off: \_S5 in a table of AML (ACPI 6.5, 7.4.2, 20.2). Pure.
 *
 * There is no interpreter: \_S5 must be a package of constants, or a method that just returns one.
 */
#include "lib/string.h"
#include "kernel/firmware/power.h"

enum {				/* 20.2 */
	AML_ZERO = 0x00, AML_ONE = 0x01, AML_NAME = 0x08, AML_BYTE = 0x0a, AML_WORD = 0x0b,
	AML_DWORD = 0x0c, AML_QWORD = 0x0e, AML_PACKAGE = 0x12, AML_METHOD = 0x14,
	AML_RETURN = 0xa4,
};

#define METHOD_ARGS	0x07		/* MethodFlags: number of arguments */

/* PkgLength at *p, which advances (20.2.4). Returns the end of the package; NULL: malformed. */
static const uint8_t *aml_end(const uint8_t **p, const uint8_t *end)
{
	const uint8_t *start = *p;
	uint32_t more, length;

	if (start >= end)
		return NULL;
	more = *start >> 6;		/* bytes that follow */
	if (more >= (uint64_t)(end - start))
		return NULL;
	length = more ? *start & 0x0f : *start;
	for (uint32_t i = 0; i < more; i++)
		length |= (uint32_t)start[1 + i] << (4 + 8 * i);
	if (length < 1 + more || length > (uint64_t)(end - start))
		return NULL;
	*p = start + 1 + more;
	return start + length;
}

/* An integer constant at *p, its low 32 bits; false at the end or for anything else. 20.2.3 */
static bool aml_integer(const uint8_t **p, const uint8_t *end, uint32_t *out)
{
	uint32_t size;

	if (*p >= end)
		return false;
	switch (*(*p)++) {
	case AML_ZERO:
		*out = 0;
		return true;
	case AML_ONE:
		*out = 1;
		return true;
	case AML_BYTE:
		size = 1;
		break;
	case AML_WORD:
		size = 2;
		break;
	case AML_DWORD:
		size = 4;
		break;
	case AML_QWORD:
		size = 8;
		break;
	default:
		return false;
	}
	if ((uint64_t)(end - *p) < size)
		return false;
	*out = 0;
	for (uint32_t i = 0; i < MIN(size, sizeof(*out)); i++)
		*out |= (uint32_t)(*p)[i] << (8 * i);
	*p += size;
	return true;
}

/* SLP_TYPa and b: the first two elements, or the two low bytes of a single one. */
static bool s5_package(const uint8_t *p, const uint8_t *end, uint32_t type[2])
{
	uint32_t count, a, b;

	if (p >= end || *p++ != AML_PACKAGE)
		return false;
	end = aml_end(&p, end);
	if (!end || p >= end)
		return false;
	count = *p++;
	if (!count || !aml_integer(&p, end, &a))
		return false;
	if (count == 1)
		b = a >> 8;
	else if (!aml_integer(&p, end, &b))
		return false;
	type[0] = a;
	type[1] = b;
	return true;
}

/* Try to read \_S5's object at p. */
static enum s5 s5_at(const uint8_t *p, const uint8_t *end, uint32_t type[2])
{
	static const char name[] = "_S5_";
	const uint8_t op = *p++;

	if (op != AML_NAME && op != AML_METHOD)
		return S5_ABSENT;
	if (op == AML_METHOD)
		end = aml_end(&p, end);
	if (!end)
		return S5_ABSENT;
	if (p < end && *p == '\\')
		p++;
	if (end - p < (int64_t)strlen(name) || memcmp(p, name, strlen(name)) != 0)
		return S5_ABSENT;
	p += strlen(name);
	if (op == AML_METHOD) {
		if (end - p < 2 || p[0] & METHOD_ARGS || p[1] != AML_RETURN)
			return S5_NEEDS_AML;
		p += 2;
	}
	return s5_package(p, end, type) ? S5_FOUND : S5_NEEDS_AML;
}

enum s5 s5_find(const struct acpi_header *table, uint32_t type[2])
{
	const uint8_t *end = (const uint8_t *)table + table->length;
	enum s5 best = S5_ABSENT;

	for (const uint8_t *p = (const uint8_t *)(table + 1); p < end && best != S5_FOUND; p++)
		best = MAX(best, s5_at(p, end, type));
	return best;
}
