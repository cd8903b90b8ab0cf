/* SPDX-License-Identifier: MIT */
/* cpus.h - the CPUs that the MADT names. Pure. */
#ifndef X86_64_CPUS_H
#define X86_64_CPUS_H
#include "arch/smp.h"
#include "lib/acpi.h"

/* Call named() for each enabled entry, repeated ones included. `table` NULL: no entries. */
void cpus_from_madt(const struct acpi_header *table,
		    void (*named)(void *, const struct arch_named *), void *cookie);
#endif
