/* SPDX-License-Identifier: MIT */
/*
 * reloc.c - relocates an image for the address it will run at.
 *
 * Used on our own image at entry, and on the copy that becomes the kernel. Pure: writes only the
 * relocated words, and does not itself depend on any of them. Caches may be off, so it accesses
 * every word once.
 */
#include "lib/image.h"
#include "lib/string.h"

status_t image_relocate(uint64_t at, uint64_t size, uint64_t base, const struct rela *rela,
			uint64_t n, uint32_t type)
{
	const struct rela *end = rela + n;

	for (; rela < end; rela++) {
		const uint64_t value = base + (uint64_t)rela->addend;

		/* A relative relocation has symbol 0: the whole of info is its type. */
		if (rela->info != type || !ends_by(rela->offset, sizeof(value), size))
			return ERR_BAD_FORMAT;
		if (rela->offset % sizeof(value))	/* in a packed structure */
			memcpy((void *)(at + rela->offset), &value, sizeof(value));
		else
			*(uint64_t *)(at + rela->offset) = value;
	}
	return OK;
}
