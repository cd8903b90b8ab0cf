/* SPDX-License-Identifier: MIT */
/*
 * reloc.c - make a copy of the image right for the address it will run at.
 *
 * Used on our own image at entry and on the copy that will become the kernel. Pure:
 * writes nothing but the relocated words, and may not rely on any relocated word itself.
 * The caches may be off, so every word is touched once.
 */
#include "lib/image.h"

status_t image_relocate(uint64_t at, uint64_t size, uint64_t base, const struct rela *rela,
			uint64_t n, uint32_t type)
{
	const struct rela *end = rela + n;
	uint64_t words = size / sizeof(uint64_t);

	for (; rela < end; rela++) {
		/* Rotated, an unaligned offset has a top bit set and is outside any image. */
		uint64_t word = rela->offset >> 3 | rela->offset << 61;

		/* A relative relocation has symbol 0: the whole of info is its type. */
		if (rela->info != type || word >= words)
			return ERR_BAD_FORMAT;
		*(uint64_t *)(at + rela->offset) = base + (uint64_t)rela->addend;
	}
	return OK;
}
