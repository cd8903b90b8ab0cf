/* SPDX-License-Identifier: MIT */
/* efi_left.h - UEFI as who came before us has left it: a loader, or an operating system. */
#ifndef STUB_EFI_LEFT_H
#define STUB_EFI_LEFT_H
#include "stub/raw/raw.h"

/* Physical addresses; nothing is believed. `size` bytes of descriptors at `map`. */
struct efi_left {
	uint64_t systab, map, size, desc_size;
};

/*
 * Firmware's identity and tables into the draft, memory that Linux promised to a device for ever
 * into the map. True if UEFI's map was added too: it says what is free, and what was FREE before
 * is no more. That of kexec on a PC
 * has nothing but runtime services in it, and is used for their addresses only.
 * The runtime services are for nobody to call: whose addresses they have is not known.
 */
bool efi_left_collect(struct draft *d, struct raw *r, const struct efi_left *l);
#endif
