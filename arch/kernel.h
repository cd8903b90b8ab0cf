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

/*
 * A pattern of the memory test, by pairs of lines of 64 bytes. The first line is made of x and y,
 * the second of x + step and y; in the next pair both are greater by `step`. Words 0, 3, 5 and 6 of
 * a line are x, the others y: so if any one bit of an address is wrong, another line is found than
 * was written there, unless x and y are equal.
 */
struct memtest_pattern {
	uint64_t x, y, step;
};
#define ARCH_MEMTEST_PAIR	128	/* bytes: two lines */

/*
 * Write it upwards, from a multiple of ARCH_MEMTEST_PAIR on; `size` is whole pages and not 0. What
 * is written bypasses the caches, or arch_clean() removes it from them.
 */
void arch_memtest_fill(uint64_t at, uint64_t size, const struct memtest_pattern *p);

/*
 * Compare each pair with `old`, then write `new`; from the lowest or from the highest pair on, for
 * which the patterns are given. `size`: whole pairs. Returns how many bytes are left: not 0 if the
 * next pair was not as expected. It was not written.
 */
uint64_t arch_memtest_swap(uint64_t at, uint64_t size, const struct memtest_pattern *old,
			   const struct memtest_pattern *new, bool down);
#endif
