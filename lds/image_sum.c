/* SPDX-License-Identifier: MIT */
/*
 * image_sum.c - a build tool: sums the part of the image that no loader or relocation changes.
 *
 * Reads a linked image and prints sum64 of it from image_text, whose address is the second
 * argument, up to .sbat; the second link writes that into the image (--defsym). .sbat is left out,
 * as it may be replaced when the image is signed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/sum.h"

#define PE_OFFSET	0x3c	/* e_lfanew */
#define PE_SECTIONS	6	/* NumberOfSections, from the signature on */
#define PE_OPTIONAL	20	/* SizeOfOptionalHeader */
#define PE_HEADERS	24	/* signature and file header */
#define SECTION_SIZE	40
#define SECTION_RVA	12	/* VirtualAddress, in our images the file's offset too */

static uint8_t image[513 * MIB];	/* an image has at most 512 MiB; only used pages count */

static uint32_t field(size_t at, size_t bytes)
{
	uint32_t v = 0;

	memcpy(&v, image + at, bytes);
	return v;
}

/* The start of the section with this name; 0 if there is none. */
static uint32_t section(const char *name)
{
	const size_t pe = field(PE_OFFSET, 4);
	size_t at = pe + PE_HEADERS + field(pe + PE_OPTIONAL, 2);

	for (uint32_t n = field(pe + PE_SECTIONS, 2); n; n--, at += SECTION_SIZE)
		if (!strncmp((const char *)image + at, name, 8))
			return field(at + SECTION_RVA, 4);
	return 0;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
	size_t size = f ? fread(image, 1, sizeof(image), f) : 0;
	uint64_t text, end;

	if (size < PAGE_SIZE || size == sizeof(image)) {
		fprintf(stderr, "image_sum: no image, or too large a one\n");
		return 1;
	}
	text = strtoull(argv[2], NULL, 16);
	end = section(".sbat");
	if (!text || text < section(".text") || text % PAGE_SIZE || end <= text || end > size) {
		fprintf(stderr, "image_sum: .text, image_text and .sbat are not in order\n");
		return 1;
	}
	printf("0x%016llx\n", (unsigned long long)sum64(0, image + text, end - text));
	return 0;
}
