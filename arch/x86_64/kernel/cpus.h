/* SPDX-License-Identifier: MIT */
/* cpus.h - the CPUs that the MADT names. Pure. */
#ifndef X86_64_CPUS_H
#define X86_64_CPUS_H
#include "arch/smp.h"
#include "lib/acpi.h"

/* `table` may be NULL: none. Each entry that is enabled, as often as it is there. */
void cpus_from_madt(const struct acpi_header *table,
		    void (*named)(void *, const struct arch_named *), void *cookie);
#endif
