/* SPDX-License-Identifier: MIT */
/*
 * psci.c - which conduit reaches PSCI (Arm DEN0022, 5.2): ACPI says so in the FADT, a device
 * tree in the property "method" of its node "psci". Bounded: neither table is trusted.
 */
#include "include/lib.h"
#include "kernel/firmware/firmware.h"

#define ARM_PSCI	(1u << 0)	/* FADT ArmBootArchFlags, ACPI 6.5 table 5.11 */
#define ARM_PSCI_HVC	(1u << 1)

/* Flattened device tree, specification 0.4 chapter 5: big-endian words */
#define FDT_MAGIC	0xd00dfeed
#define FDT_HEADER	40
enum { FDT_OFF_TOTAL = 1, FDT_OFF_STRUCT, FDT_OFF_STRINGS };
enum { FDT_BEGIN_NODE = 1, FDT_END_NODE, FDT_PROP, FDT_NOP };

struct fdt {
	const uint8_t *blob;
	uint64_t size;
};

static uint32_t fdt_word(const struct fdt *f, uint64_t at)
{
	const uint8_t *p = f->blob + at;

	if (at > f->size || f->size - at < sizeof(uint32_t))
		return 0;			/* no token: ends every walk */
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Whether the text, with its NUL, stands at `at`. */
static bool fdt_text_is(const struct fdt *f, uint64_t at, const char *text)
{
	uint64_t size = strlen(text) + 1;

	return at <= f->size && f->size - at >= size && memcmp(f->blob + at, text, size) == 0;
}

static uint64_t fdt_text_end(const struct fdt *f, uint64_t at)
{
	while (at < f->size && f->blob[at])
		at++;
	return ALIGN_UP(at + 1, sizeof(uint32_t));
}

/* Offset of the value of psci's "method"; 0 if there is none. */
static uint64_t fdt_psci_method(const struct fdt *f)
{
	uint64_t at = fdt_word(f, FDT_OFF_STRUCT * sizeof(uint32_t));
	uint64_t strings = fdt_word(f, FDT_OFF_STRINGS * sizeof(uint32_t));
	bool inside = false;

	for (;;) {
		uint32_t token = fdt_word(f, at);

		at += sizeof(uint32_t);
		if (token == FDT_BEGIN_NODE) {
			inside = fdt_text_is(f, at, "psci");
			at = fdt_text_end(f, at);
		} else if (token == FDT_PROP) {
			uint64_t size = fdt_word(f, at), name = fdt_word(f, at + 4);

			at += 2 * sizeof(uint32_t);
			if (inside && fdt_text_is(f, strings + name, "method"))
				return at;
			at = ALIGN_UP(at + size, sizeof(uint32_t));
		} else if (token == FDT_END_NODE) {
			inside = false;
		} else if (token != FDT_NOP) {
			return 0;
		}
	}
}

static void psci_off_by_dtb(const struct kernel *k, const struct boot_range *blob)
{
	struct fdt f = { memory_at(&k->memory, blob->base), blob->size };
	uint64_t method;

	if (f.size < FDT_HEADER || fdt_word(&f, 0) != FDT_MAGIC)
		return;
	f.size = MIN(f.size, fdt_word(&f, FDT_OFF_TOTAL * sizeof(uint32_t)));
	method = fdt_psci_method(&f);
	if (method && fdt_text_is(&f, method, "hvc"))
		arch_psci_off(true);
	else if (method && fdt_text_is(&f, method, "smc"))
		arch_psci_off(false);
}

void psci_off(struct kernel *k)
{
	const struct boot_module *m = memory_at(&k->memory, k->bi->modules.base);
	const struct acpi_fadt *fadt = acpi_find_fadt(k);

	if (fadt && fadt->header.length >= offsetof(struct acpi_fadt, minor) &&
	    (fadt->boot_flags_arm & ARM_PSCI))
		arch_psci_off(fadt->boot_flags_arm & ARM_PSCI_HVC);
	for (uint64_t i = 0; i < k->bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == BOOT_MODULE_DTB && m[i].mem.size > 0)
			psci_off_by_dtb(k, &m[i].mem);
}
