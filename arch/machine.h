/* SPDX-License-Identifier: MIT */
/*
 * machine.h - how a part of the kernel's library finds its devices: what a kernel knows, handed in
 * by it, so that no part depends on how another one stores it.
 */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H
#include "lib/acpi.h"
#include "lib/base.h"

struct machine {
	void *cookie;			/* for the two functions */

	/*
	 * The first ACPI table with this ACPI_SIGNATURE, wholly readable and right in its checksum;
	 * NULL: none. It may be read until the next call.
	 */
	const struct acpi_header *(*table)(void *cookie, uint32_t signature);

	/*
	 * Registers at a physical address, uncached, for good; NULL: they cannot be mapped. The
	 * part asks once for each device.
	 */
	void *(*window)(void *cookie, uint64_t pa, uint64_t size);

	const void *dtb;		/* the device tree; NULL: none */
	uint64_t dtb_size;		/* bytes that may be read of it */
};
#endif
