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
 * Switch the machine off by the CPU's own method: SBI; PSCI, if the FADT or the device tree offers
 * it; PCs have none (kernel/firmware/power.h). Both may be NULL. Returns if it cannot.
 */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size);

/* The same, to restart it. PCs and riscv64 ignore both tables. */
void arch_reset(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size);

uint32_t arch_port_in32(uint16_t port);		/* these two only if ARCH_PORTS */
void arch_port_out32(uint16_t port, uint32_t value);

/*
 * Only if ARCH_CALLS: the next byte typed at the console without an address, 1 to 255, or a
 * negative number if there is none. Never waits. One CPU at a time.
 */
int arch_call_get(void);
bool arch_call_gets(void);	/* only if ARCH_CALLS: whether there is such a call */

/*
 * A pattern of the memory test, in pairs of 64-byte lines. The first line consists of x and y, the
 * second of x + step and y; from one pair to the next, x and y increase by `step`. Words 0, 3, 5
 * and 6 of a line are x, the others y: any single wrong address bit is noticed, unless x equals y.
 */
struct memtest_pattern {
	uint64_t x, y, step;
};
#define ARCH_MEMTEST_PAIR	128	/* bytes: two lines */

/*
 * Write the pattern from `at`, a multiple of ARCH_MEMTEST_PAIR, upwards; `size` is whole pages and
 * not 0. The stores bypass the caches (x86_64), or the caller calls arch_clean() afterwards.
 */
void arch_memtest_fill(uint64_t at, uint64_t size, const struct memtest_pattern *p);

/*
 * For each pair: compare it with `old`, then write `next`. Starts at the lowest pair or, if `down`,
 * at the highest; both patterns are given for that pair. `size` is whole pairs and not 0. Returns
 * 0, or, if a pair differs, how many bytes remain; that pair is the next, and was not written.
 */
uint64_t arch_memtest_swap(uint64_t at, uint64_t size, const struct memtest_pattern *old,
			   const struct memtest_pattern *next, bool down);
#endif
