/* SPDX-License-Identifier: MIT */
/* efi_left.h - what remains of UEFI after a loader or an operating system has left it. */
#ifndef STUB_EFI_LEFT_H
#define STUB_EFI_LEFT_H
#include "stub/raw/raw.h"

/* Physical addresses, unchecked. `size` bytes of descriptors at `map`. */
struct efi_left {
	uint64_t systab, map, size, desc_size;
};

/*
 * Put firmware's identity and tables into the draft, and memory that Linux has promised to a device
 * for ever into the map. True if UEFI's map was added too: then it says what is free, and earlier
 * FREE ranges are dropped. The map that kexec passes on a PC lists only runtime services, and is
 * used just for their addresses. The kernel cannot call runtime services: we do not know whose
 * virtual addresses they use.
 */
bool efi_left_collect(struct draft *d, struct raw *r, const struct efi_left *l);
#endif
