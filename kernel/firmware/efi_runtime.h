/* SPDX-License-Identifier: MIT */
/*
 * efi_runtime.h - UEFI's runtime services, at physical addresses (UEFI 2.10 chapter 8).
 *
 * SetVirtualAddressMap is never called: it can be called only once, and the run after this one may
 * want the services, too. For the boot CPU, not from handlers, one call at a time. Interrupts may
 * be on (2.3). Firmware that faults is left, and then no service is ever called again.
 */
#ifndef KERNEL_EFI_RUNTIME_H
#define KERNEL_EFI_RUNTIME_H
#include "include/stubborn/boot_info.h"
#include "lib/efi.h"

#define EFI_NAME_UNITS	256	/* of a variable's name, its NUL included; longer is an error */
#define EFI_DATA_MAX	0xf000	/* bytes of a variable that can be read or written */

struct efi_variable {
	struct efi_guid vendor;
	uint16_t name[EFI_NAME_UNITS];
};

/*
 * Before memory that firmware left is given out: learn how runtime memory may be mapped. *keep is
 * the table that says so, which the next run after stub_again() reads again; its size may be 0. The
 * memory map of `bi` must stay, and stay true.
 */
void efi_runtime_read(const struct boot_info *bi, struct boot_range *keep);

/* After mm_start(): map what is needed, once. NULL, or why no service can be called. */
const char *efi_runtime_start(void);

/*
 * Each returns what firmware did, EFI_UNSUPPORTED if it cannot be called, or EFI_ABORTED if it has
 * faulted, which it prints.
 */
efi_status_t efi_get_time(struct efi_time *out);

/* The variable behind *v, which is all zeros at first. EFI_NOT_FOUND: there are no more. */
efi_status_t efi_variable_next(struct efi_variable *v);

/* *data is good until the next call of any of these. */
efi_status_t efi_variable_get(const struct efi_variable *v, uint32_t *attributes,
			      const void **data, uint64_t *size);

/* Without attributes or bytes it is deleted (8.2.3). */
efi_status_t efi_variable_set(const struct efi_variable *v, uint32_t attributes, const void *data,
			      uint64_t size);

/* ResetSystem (8.5.1), `how` of enum efi_reset_type. Returns if it does not work. */
void efi_reset(uint32_t how);
#endif
