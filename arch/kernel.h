/* SPDX-License-Identifier: MIT */
/* kernel.h - what a kernel, but not the stub, needs from a CPU. */
#ifndef ARCH_KERNEL_H
#define ARCH_KERNEL_H
#include "include/stubborn/boot_info.h"
#include "lib/acpi.h"
#include "lib/base.h"

extern const char arch_mode_name[];		/* the unit of cpu_mode: "EL", "CPL" */
extern const char arch_found[BOOT_FOUND][8];	/* names of boot_info.found; "": unused */

/*
 * Switch the machine off by the CPU's own method, if there is one and the FADT or the device tree
 * says so. Both may be NULL. Returns if there is none or it fails.
 */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size);

/* Likewise, start it again. A PC needs neither of the two. */
void arch_reset(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size);

uint32_t arch_port_in32(uint16_t port);		/* these two only if ARCH_PORTS */
void arch_port_out32(uint16_t port, uint32_t value);
#endif
