/* SPDX-License-Identifier: MIT */
/*
 * collect.h - which of the stub's collectors handles each entry without UEFI.
 *
 * arch/<isa>/ defines the functions below for the entries that its CPU has. They name the
 * collectors, so the linker drops those that no entry of this CPU needs.
 */
#ifndef ARCH_COLLECT_H
#define ARCH_COLLECT_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

struct draft;
struct efi_system_table;
struct raw;

/*
 * Collect what the loader passed in two words, by the kind of entry (BOOT_ENTRY_*), into the draft
 * and the map. For a CPU that does not know its own number and the counter's frequency, also set
 * info.cpu_id and info.counter_hz (arch_cpu_state()). A kind that this CPU does not have is a
 * panic.
 */
void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a, uint64_t b);

/*
 * Under UEFI, if ARCH_TOLD: set the same two fields, from a protocol and from the device tree `dtb`
 * or, if there is none, from out->acpi_rsdp.
 */
void arch_collect_efi(const struct efi_system_table *t, const struct boot_range *dtb,
		      struct boot_info *out);

/*
 * The serial port to use before anything is known or relocated: from what `a` points to, or else
 * the default. Nothing read is trusted. There may be none.
 */
void arch_collect_port(uint64_t a, struct boot_uart *out);

/* Where the two functions above store these fields: the draft's info. */
struct boot_info *draft_info(struct draft *d);

/* ---- the collectors, in stub/raw/<name>.c ---- */

void dtb_collect(struct draft *d, struct raw *r, uint64_t a);
void linux_collect(struct draft *d, struct raw *r, uint64_t a);

/* ask: writes the e820 map that the hypervisor has, if `a` leads to none; its entries, or 0 */
void pvh_collect(struct draft *d, struct raw *r, uint64_t a,
		 uint32_t (*ask)(void *e820, uint32_t room));

/* The serial port that a device tree at `a` names; false if there is none. */
bool dtb_port(uint64_t a, struct boot_uart *out);
#endif
