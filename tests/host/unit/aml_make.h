/* SPDX-License-Identifier: MIT */
/* aml_make.h - hand-made tables of AML. */
#ifndef AML_MAKE_H
#define AML_MAKE_H
#include "tests/host/unit/acpi_make.h"
#include "kernel/firmware/power.h"

#define AML(text)	{ text, sizeof(text) - 1 }
struct aml {
	const char *bytes;
	uint32_t size;
};

static inline void *aml_table(const char *signature, const struct aml *a, uint32_t cut)
{
	uint8_t data[200] = { 0 };

	memcpy(data + sizeof(struct acpi_header), a->bytes, a->size - cut);
	return table(data, (uint32_t)sizeof(struct acpi_header) + a->size - cut, signature);
}
#endif
