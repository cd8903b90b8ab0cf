/* SPDX-License-Identifier: MIT */
/*
 * efi_runtime.h - UEFI's runtime services, at physical addresses (UEFI 2.10 chapter 8).
 *
 * SetVirtualAddressMap is never called: it works only once, and the next run may need the services,
 * too. Call these functions on the boot CPU only, one at a time, and not from handlers. Interrupts
 * are on meanwhile (2.3) if the clock has timers. If firmware faults, or does not return within 10
 * seconds (SetVariable, ResetSystem: 60), the call is abandoned, and no service is ever called
 * again. Without timers, or if firmware masks interrupts, a call that does not return hangs.
 */
#ifndef KERNEL_EFI_RUNTIME_H
#define KERNEL_EFI_RUNTIME_H
#include "include/stubborn/boot_info.h"
#include "lib/efi.h"

#define EFI_NAME_UNITS	256	/* of a variable's name with its NUL; longer ones are an error */
#define EFI_DATA_MAX	0xf000	/* bytes of a variable that can be read or written */

struct efi_variable {
	struct efi_guid vendor;
	uint16_t name[EFI_NAME_UNITS];
};

/*
 * Learn how runtime memory may be mapped. Call it before memory that firmware left is given out.
 * *keep is EFI_MEMORY_ATTRIBUTES_TABLE, which the run after a stub_again() reads again; its size
 * may be 0. The memory map of `bi` must stay in place and valid.
 */
void efi_runtime_read(const struct boot_info *bi, struct boot_range *keep);

/*
 * Map what the services need, at the first call only. Call it after mm_start(). NULL, or why no
 * service can be called.
 */
const char *efi_runtime_start(void);

/*
 * Each returns firmware's status, EFI_UNSUPPORTED if services cannot be called, or EFI_ABORTED if
 * the call was abandoned, which is printed. Each calls efi_runtime_start() itself.
 */
efi_status_t efi_get_time(struct efi_time *out);

/*
 * Advance *v to the next variable; begin with all zeros (8.2.2). EFI_NOT_FOUND: there are no more.
 */
efi_status_t efi_variable_next(struct efi_variable *v);

/* *data, of *size bytes, is valid until the next call of any of these functions (8.2.1). */
efi_status_t efi_variable_get(const struct efi_variable *v, uint32_t *attributes,
			      const void **data, uint64_t *size);

/*
 * Write `size` bytes, at most EFI_DATA_MAX. With no attributes or no bytes it is deleted (8.2.3).
 */
efi_status_t efi_variable_set(const struct efi_variable *v, uint32_t attributes, const void *data,
			      uint64_t size);

/* ResetSystem (8.5.1); `how` is an enum efi_reset_type. Returns if that does not work. */
void efi_reset(uint32_t how);
#endif
