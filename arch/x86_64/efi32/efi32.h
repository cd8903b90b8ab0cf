/* SPDX-License-Identifier: MIT */
/*
 * efi32.h - 32-bit UEFI's structures (UEFI 2.10, 2.3.2: pointers and UINTN have 4 bytes), and the
 * interface between efi32.S and thunk.c.
 */
#ifndef ARCH_EFI32_H
#define ARCH_EFI32_H

/* A firmware object as the stub sees it: eight function pointers, then the real object. */
#define EFI32_SELF		64

/* Offsets. tests/host/unit/efi32_theirs.c compares them with another implementation's. */
#define EFI32_SYSTEM_CON_OUT		44
#define EFI32_SYSTEM_RUNTIME		56
#define EFI32_SYSTEM_BOOT		60
#define EFI32_ALLOCATE_PAGES		32
#define EFI32_FREE_PAGES		36
#define EFI32_GET_MEMORY_MAP		40
#define EFI32_HANDLE_PROTOCOL		88
#define EFI32_LOCATE_HANDLE		100
#define EFI32_LOCATE_DEVICE_PATH	104
#define EFI32_EXIT_BOOT_SERVICES	128
#define EFI32_SET_WATCHDOG_TIMER	140
#define EFI32_LOCATE_PROTOCOL		172
#define EFI32_GET_TIME			24
#define EFI32_GET_VARIABLE		48
#define EFI32_LOAD_FILE			0
#define EFI32_SECOND			4	/* OutputString, GetRNG, GetEventLog */
#define EFI32_THIRD			8	/* OpenVolume, Open, HashLogExtendEvent */
#define EFI32_CLOSE			12
#define EFI32_READ			20
#define EFI32_GET_POSITION		28
#define EFI32_SET_POSITION		32
#define EFI32_IMAGE_OPTIONS		28
#define EFI32_GOP_MODE			12
#define EFI32_GOP_FB_BASE		16
#define EFI32_GOP_FB_SIZE		24

#ifndef __ASSEMBLER__
#include "lib/efi_protocols.h"

struct efi32_loaded_image {
	uint32_t revision, parent, systab, device, path, reserved, options_size, options;
};

struct efi32_gop {
	uint32_t query_mode, set_mode, blt, mode;
};

struct efi32_gop_mode {
	uint32_t max, mode, info, info_size;
	uint64_t fb_base;
	uint32_t fb_size;
} __attribute__((packed, aligned(4)));	/* as efi32_system_table */

struct efi32_object {
	void *function[8];
	uint64_t self;
};

#define EFI32_OFFSET(type, field, off) \
	_Static_assert(__builtin_offsetof(struct type, field) == (off), #type "." #field)
EFI32_OFFSET(efi32_object, self, EFI32_SELF);
EFI32_OFFSET(efi32_system_table, con_out, EFI32_SYSTEM_CON_OUT);
EFI32_OFFSET(efi32_system_table, boot, EFI32_SYSTEM_BOOT);
EFI32_OFFSET(efi32_system_table, runtime, EFI32_SYSTEM_RUNTIME);
EFI32_OFFSET(efi32_loaded_image, options, EFI32_IMAGE_OPTIONS);
EFI32_OFFSET(efi32_gop, mode, EFI32_GOP_MODE);
EFI32_OFFSET(efi32_gop_mode, fb_base, EFI32_GOP_FB_BASE);
EFI32_OFFSET(efi32_gop_mode, fb_size, EFI32_GOP_FB_SIZE);

/*
 * efi32.S: wrappers for firmware's functions, with their 64-bit names, called by EFIAPI. Up to
 * eight arguments of 32 bits. For UINTN and pointers firmware stores only 4 bytes, so the caller's
 * upper 4 must be 0 already.
 */
extern char efi32_allocate_pages[], efi32_free_pages[], efi32_get_memory_map[];
extern char efi32_locate_device_path[], efi32_exit_boot_services[];
extern char efi32_set_watchdog_timer[], efi32_get_variable[], efi32_get_time[];
efi_status_t EFIAPI efi32_handle_protocol(void *handle, const struct efi_guid *guid, void **out);
efi_status_t EFIAPI efi32_locate_protocol(const struct efi_guid *guid, void *key, void **out);
efi_status_t EFIAPI efi32_locate_handle(uint32_t how, const struct efi_guid *guid, void *key,
					uint64_t *size, void **handles);

/* Methods of an efi32_object. */
extern char efi32_load_file[], efi32_second[], efi32_close[], efi32_read[];
extern char efi32_get_position[], efi32_set_position[];
efi_status_t EFIAPI efi32_third(void *self, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
				uint64_t f, uint64_t g, uint64_t h);

/* thunk.c: a 64-bit system table for firmware's 32-bit one. */
struct efi_system_table *efi_thunk(const struct efi32_system_table *theirs, void *page);
#endif
#endif
