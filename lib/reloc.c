/* SPDX-License-Identifier: MIT */
/*
 * reloc.c - relocates an image for the address it will run at.
 *
 * Used on our own image at entry, and on the copy that becomes the kernel. Pure: writes only the
 * relocated words, and does not itself depend on any of them. Caches may be off, so it accesses
 * every word once.
 */
#include "lib/image.h"

status_t image_relocate(uint64_t at, uint64_t size, uint64_t base, const struct rela *rela,
			uint64_t n, uint32_t type)
{
	const struct rela *end = rela + n;
	uint64_t words = size / sizeof(uint64_t);

	for (; rela < end; rela++) {
		/* If the offset is unaligned this sets a top bit, so it is outside any image. */
		uint64_t word = rela->offset >> 3 | rela->offset << 61;

		/* A relative relocation has symbol 0: the whole of info is its type. */
		if (rela->info != type || word >= words)
			return ERR_BAD_FORMAT;
		*(uint64_t *)(at + rela->offset) = base + (uint64_t)rela->addend;
	}
	return OK;
}
