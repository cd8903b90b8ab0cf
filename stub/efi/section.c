/* SPDX-License-Identifier: MIT */
/*
 * section.c - finds what was added to our own file: the sections .cmdline and .initrd of a unified
 * kernel image, which the loader has put after us in memory. UAPI Group Specifications, "Unified
 * Kernel Image"; PE/COFF specification, "Section Table".
 *
 * Their headers are looked for in the page before our text, where most loaders copy them. If
 * anything is wrong there, nothing counts as added.
 */
#include "stub/efi/efi.h"
#include "lib/image.h"
#include "lib/string.h"

#define MZ		0x5a4d
#define PE		0x4550

struct pe_head {		/* signature, COFF header, and what PE32 and PE32+ share */
	uint32_t signature;
	uint16_t machine, sections;
	uint32_t time, symbols, symbol_count;
	uint16_t optional_size, flags;
	uint8_t optional[56];
	uint32_t image_size;
};

struct pe_section {
	char name[8];
	uint32_t size, at, raw_size, raw;
	uint32_t relocations, lines, counts, flags;
};

_Static_assert(sizeof(struct pe_section) == 40, "PE/COFF: a section header");
_Static_assert(offsetof(struct pe_head, image_size) == 24 + 56, "PE/COFF: SizeOfImage");

/* The headers, if they are there and whole; n sections from *table on. */
static const struct pe_head *section_table(const struct pe_section **table)
{
	const uint32_t at = *(const uint32_t *)(image_start + 0x3c);
	const struct pe_head *head = (const void *)(image_start + at);
	uint32_t first;

	if (*(const uint16_t *)image_start != MZ || at % 4 || at > PAGE_SIZE - sizeof(*head) ||
	    head->signature != PE)
		return NULL;
	first = at + offsetof(struct pe_head, optional) + head->optional_size;
	if (first % 4 || first > PAGE_SIZE ||
	    head->sections > (PAGE_SIZE - first) / sizeof(**table))
		return NULL;
	*table = (const void *)(image_start + first);
	return head;
}

/* Whether the loader has allocated as much for us as the headers say. */
static status_t section_owned(const struct efi_map *m, void *cookie)
{
	const uint64_t *size = cookie;

	return efi_map_ours(m, *size) ? OK : ERR_NOT_FOUND;
}

status_t efi_find_sections(struct efi *e)
{
	const struct pe_section *s;
	const struct pe_head *head;
	status_t status;
	uint64_t size;

	if (!reach_ok(&e->reach, (uint64_t)image_start, PAGE_SIZE))
		return OK;
	head = section_table(&s);
	for (uint32_t n = head ? head->sections : 0; n--; s++) {
		struct boot_range *found = NULL;

		/* what was added lies after all of ours, .bss included */
		if (s->at < image_size() || !ends_by(s->at, s->size, head->image_size))
			continue;
		if (!memcmp(s->name, ".cmdline", sizeof(s->name)))
			found = &e->cmdline;
		else if (!memcmp(s->name, ".initrd", sizeof(s->name)))
			found = &e->initrd;
		if (found && !found->size)
			*found = (struct boot_range){ (uint64_t)image_start + s->at, s->size };
	}
	if (!e->cmdline.size && !e->initrd.size)
		return OK;
	size = head->image_size;
	status = efi_with_map(e, section_owned, &size);
	if (status != ERR_NOT_FOUND)
		return status;
	efi_print(e, "warning: sections of our file lie outside our memory: ignored");
	e->cmdline.size = e->initrd.size = 0;
	return OK;
}
