/* SPDX-License-Identifier: MIT */
/*
 * machine.h - how parts of the kernel's library find tables and devices. The kernel passes this in,
 * so that the parts do not depend on how it stores them.
 */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H
#include "lib/acpi.h"
#include "lib/base.h"

struct machine {
	void *cookie;			/* for the two functions */

	/*
	 * The first ACPI table with this ACPI_SIGNATURE, readable as a whole and with a correct
	 * checksum. NULL: none. Valid until the next call.
	 */
	const struct acpi_header *(*table)(void *cookie, uint32_t signature);

	/*
	 * Map `size` bytes of registers at a physical address, uncached. The mapping is permanent:
	 * call it once for each device. NULL: they cannot be mapped.
	 */
	void *(*window)(void *cookie, uint64_t pa, uint64_t size);

	const void *dtb;		/* the device tree; NULL: none */
	uint64_t dtb_size;		/* bytes that may be read of it */
};
#endif
