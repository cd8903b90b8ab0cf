/* SPDX-License-Identifier: MIT */
/*
 * sections.c - headers before the fake's image, and what a tool like ukify has appended to it: true
 * ones or, in one field each, a lie. PE/COFF specification, chapter 3.
 */
#include <string.h>
#include "tests/host/fake/fake.h"
#include "lib/image.h"

#define PE_AT		0x80
#define OPTIONAL_SIZE	0xf0
#define IMAGE_SIZE_AT	(PE_AT + 24 + 56)
#define HEADER		40
#define FAR_AT		(PAGE_SIZE - 80)
#define TEXT_AT		0x100		/* offset in what was appended */
#define INITRD_AT	0x1000

extern char image_added[], image_added_end[];

static void put(uint32_t at, uint32_t value, uint32_t size)
{
	uint8_t *p = (uint8_t *)image_start + at;

	__asm__("" : "+r"(p));
	memcpy(p, &value, size);
}

static void section_put(uint32_t table, const char *name, uint64_t at, uint32_t size)
{
	char padded[8];

	strncpy(padded, name, sizeof(padded));
	for (uint32_t i = 0; i < HEADER; i++)
		put(table + i, i < sizeof(padded) ? (uint8_t)padded[i] : 0, 1);
	put(table + 8, size, 4);
	put(table + 12, (uint32_t)at, 4);
}

/* Entry `n` of the section table. */
static void section(uint32_t n, const char *name, uint64_t at, uint32_t size)
{
	section_put(PE_AT + 24 + OPTIONAL_SIZE + n * HEADER, name, at, size);
}

static uint32_t added(uint32_t at)
{
	return (uint32_t)(image_added - image_start) + at;
}

/* True headers. */
static uint32_t sections_true(void)
{
	uint32_t n = 0;

	memset(image_added, 'x', (size_t)(image_added_end - image_added));
	memset(image_added + TEXT_AT, 0, sizeof(FAKE_SECTION_TEXT) + 8);
	strcpy(image_added + TEXT_AT, FAKE_SECTION_TEXT);
	for (uint32_t i = 0; i < FAKE_SECTION_INITRD; i++)
		image_added[INITRD_AT + i] = (char)fake_initrd_byte(i);
	put(0, 0x5a4d, 2);
	put(0x3c, PE_AT, 4);
	put(PE_AT, 0x4550, 4);
	put(PE_AT + 20, OPTIONAL_SIZE, 2);
	put(IMAGE_SIZE_AT, (uint32_t)(image_added_end - image_start), 4);
	section(n++, ".text", PAGE_SIZE, PAGE_SIZE);
	section(n++, ".osrel", added(0), 4);
	if (fake.f.sections != SECTIONS_INITRD)
		section(n++, ".cmdline", added(TEXT_AT), sizeof(FAKE_SECTION_TEXT) + 8);
	if (fake.f.sections != SECTIONS_CMDLINE)
		section(n++, ".initrd", added(INITRD_AT), FAKE_SECTION_INITRD);
	return n;
}

/* Lies in the headers, or about where they are. */
static void sections_headers(void)
{
	switch (fake.f.sections) {
	case SECTIONS_NO_MZ:
		put(0, 0x4d5a, 2);
		break;
	case SECTIONS_NO_PE:
		put(PE_AT, 0x4551, 4);
		break;
	case SECTIONS_FAR:		/* whole but for SizeOfImage, which is beyond the page */
		put(0x3c, FAR_AT, 4);
		put(FAR_AT, 0x4550, 4);
		put(FAR_AT + 6, 1, 2);
		put(FAR_AT + 20, 0, 2);
		section_put(FAR_AT + 24, ".cmdline", added(TEXT_AT), sizeof(FAKE_SECTION_TEXT));
		break;
	case SECTIONS_OUTSIDE:
		put(0x3c, 0xfffffff0, 4);
		break;
	case SECTIONS_ODD:
		put(0x3c, PE_AT + 1, 4);
		break;
	case SECTIONS_OPTIONAL:
		put(PE_AT + 20, 0xfffc, 2);
		break;
	case SECTIONS_OPTIONAL_ODD:
		put(PE_AT + 20, OPTIONAL_SIZE + 2, 2);
		break;
	case SECTIONS_HUGE:
		put(IMAGE_SIZE_AT, 0xfffff000, 4);
		break;
	case SECTIONS_UNMAPPED:
		fake_cpu.unmapped = (struct boot_range){ (uint64_t)image_start, PAGE_SIZE };
		break;
	}
}

void sections_start(void)
{
	uint32_t n;

	if (fake.f.sections == SECTIONS_NONE)
		return;
	n = sections_true();
	sections_headers();
	switch (fake.f.sections) {
	case SECTIONS_MANY:		/* one section more than the page has room for */
		n = (PAGE_SIZE - PE_AT - 24 - OPTIONAL_SIZE) / HEADER + 1;
		break;
	case SECTIONS_OURS:		/* its last byte is .bss */
		section(2, ".cmdline", image_size() - 1, 64);
		section(3, ".initrd", PAGE_SIZE, 64);
		break;
	case SECTIONS_BEHIND:
		section(2, ".cmdline", added(0), (uint32_t)(image_added_end - image_added) + 1);
		section(3, ".initrd", (uint64_t)(image_added_end - image_start), 1);
		break;
	case SECTIONS_WRAPS:
		section(2, ".cmdline", added(0), 0u - added(0) + PAGE_SIZE);
		section(3, ".initrd", added(0), UINT32_MAX);
		break;
	case SECTIONS_EMPTY:
		section(2, ".cmdline", added(0), 0);
		section(3, ".initrd", added(0), 0);
		break;
	case SECTIONS_TWICE:
		section(n++, ".cmdline", added(0), 4);
		section(n++, ".initrd", added(0), 4);
		break;
	}
	put(PE_AT + 6, n, 2);
}

uint64_t sections_end(void)
{
	return (uint64_t)(fake.f.sections == SECTIONS_NONE ||
			  fake.f.sections == SECTIONS_NOT_OURS ? image_end : image_added_end);
}

bool sections_have(const struct boot_range *mem)
{
	return fake.f.sections && mem->base == (uint64_t)image_added + INITRD_AT &&
	       mem->size == FAKE_SECTION_INITRD;
}
