/* SPDX-License-Identifier: MIT */
/* kernel.h - what only a kernel asks of a CPU. The stub is linked without it. */
#ifndef ARCH_KERNEL_H
#define ARCH_KERNEL_H
#include "include/stubborn/boot_info.h"
#include "lib/acpi.h"
#include "lib/base.h"

extern const char arch_mode_name[];		/* what cpu_mode counts: "EL", "CPL" */
extern const char arch_found[BOOT_FOUND][8];	/* names of boot_info.found; "": not used */

/*
 * Switch the machine off in the CPU's own way, if it has one and the FADT or the device tree says
 * so; either may be NULL. Returns if there is none or it is refused.
 */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size);
#endif
