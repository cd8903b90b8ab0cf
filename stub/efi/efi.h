/* SPDX-License-Identifier: MIT */
/*
 * efi.h - the steps of a boot by UEFI, in the order of stub_main. All run before ExitBootServices
 * unless noted.
 */
#ifndef STUB_EFI_H
#define STUB_EFI_H
#include "lib/efi.h"
#include "lib/fdt.h"
#include "lib/status.h"
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

/* State that exists only under UEFI. */
struct efi {
	void *image;
	struct efi_system_table *systab;
	struct efi_boot_services *boot;
	const struct boot_uart *uart;	/* the draft's: for output if firmware's console fails */
	struct efi_file_system *volume;	/* that we were loaded from; NULL: none, as after PXE */
	struct efi_tcg2 *tcg;		/* NULL: no TPM */
	uint64_t initrd_pages;		/* pages allocated for the initrd; 0: none */
	uint64_t arena_pages;		/* likewise for the arena */
	uint64_t slack;			/* least spare descriptors in arena.efi_map */
	struct boot_range cmdline, initrd;	/* in our own file (efi/section.c); size 0: none */
	uint64_t limit;			/* allocations must end below this */
	struct reach reach;		/* what firmware has mapped */
	uint32_t chosen;		/* for efi_chosen() */
};

/*
 * Print one line on firmware's console, or on the serial port if there is no console or it fails.
 * Not after the first call of ExitBootServices.
 */
void efi_print(const struct efi *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * AllocatePages as LoaderData; `how` and *at as in UEFI. Retries: some firmware fails spuriously.
 */
bool efi_allocate(const struct efi *e, uint32_t how, uint64_t pages, uint64_t *at);

/* A protocol of a handle, or the first in the system. NULL if absent. */
void *efi_protocol(const struct efi *e, void *handle, const struct efi_guid *guid);
void *efi_first_protocol(const struct efi *e, const struct efi_guid *guid);

/*
 * Put everything that firmware knows into the draft, in an order in which errors show early. Errors
 * have been printed.
 */
status_t efi_collect(struct efi *e, struct draft *d, void *image, struct efi_system_table *systab);

/*
 * efi/tables.c: firmware's identity (`vendor`: UTF-16, may be NULL), and what its n configuration
 * tables point to. Returns the address of the device tree, or 0. Also used after firmware is gone.
 */
#define EFI_TABLES_MAX	1024	/* no firmware has more: a larger number is wrong */
void efi_identity(struct draft *d, const struct efi_system_table *t, const void *vendor);
uint64_t efi_tables(struct draft *d, const struct efi_configuration_table *t, uint64_t n);

/* efi/section.c: a command line and an initrd that were added to our own file. */
status_t efi_find_sections(struct efi *e);

/* efi/gop.c: the screen, in the mode that video= asks for. */
void efi_find_screen(const struct efi *e, const struct options *o, struct boot_fb *fb);

/* efi/trust.c: whether Secure Boot is on. Before the options are obeyed. */
void efi_find_secure_boot(const struct efi *e, struct boot_info *info);

/* efi/trust.c: the TPM's event log. After the last efi_measure(), so that it includes that. */
void efi_find_log(struct efi *e, struct draft *d);

/* efi/entropy.c: firmware's entropy, else a device tree's seeds, else the CPU's. */
void efi_find_entropy(struct efi *e, struct draft *d);

/*
 * efi/measure.c: measure `size` bytes at `data`, which no signature covers, into the TPM if there
 * is one. The outcome is a bit of info.flags. Does nothing for 0 bytes.
 */
enum measured {
	MEASURED_OPTIONS, MEASURED_FILE, MEASURED_SECTION, MEASURED_INITRD, MEASURED_MODULE,
};
void efi_measure(const struct efi *e, struct boot_info *info, enum measured what, const void *data,
		 uint64_t size);

/* efi/file.c: our volume. Read a text file into buf; returns its length, 0 if there is none. */
uint32_t efi_read_cmdline(struct efi *e, const char *image_path, void *buf, uint32_t size);
struct efi_file *efi_open(struct efi *e, const char *path, uint32_t len);
/* Bytes read, fewer at the end of the file; UINT64_MAX if it cannot be read. */
uint64_t efi_read(struct efi_file *file, void *buf, uint64_t size);

/* efi/tree.c: put what a device tree reserves into draft.keep. Before efi_read_initrd(). */
status_t efi_tree_reserved(struct efi *e, struct draft *d);

/*
 * efi/chosen.c: the tree, and its /chosen, as far as fdt_get() needs it. It is searched for once.
 * False: there is none; f->blob is set if there is a tree.
 */
bool efi_chosen(struct efi *e, const struct draft *d, struct fdt *f, struct fdt_node *chosen);

/* efi/initrd.c: from LoadFile2, else initrd=, else the device tree. */
status_t efi_read_initrd(struct efi *e, struct draft *d);
void efi_release_initrd(struct efi *e, struct draft *d);	/* if there is one */

/* efi/place.c: allocate and settle the arena. Errors have been printed. */
status_t efi_place(struct efi *e, struct draft *d, struct arena *a);
void efi_release(struct efi *e, const struct arena *a);	/* if there is one */

/*
 * efi/exit.c: the last firmware calls. OK: firmware is gone, *n ranges are at arena.map_in.
 * ERR_TOO_SMALL: the map has outgrown arena.efi_map, nothing is lost; place the arena again.
 * ERR_FIRMWARE: firmware is half gone, and we can only return.
 */
status_t efi_leave(struct efi *e, struct draft *d, const struct arena *a, uint32_t *n);

/* efi/map.c: print that firmware gives no memory map, and why. */
void efi_no_map(const struct efi *e, efi_status_t status);

/* GetMemoryMap into buf. Checks that what firmware returns is consistent. */
struct efi_map {
	const uint8_t *at;
	uint64_t size, key, desc_size;
	uint32_t desc_version;
};
efi_status_t efi_read_map(const struct efi *e, void *buf, uint64_t room, struct efi_map *out);

/*
 * Call `use` with firmware's current map, which is invalid afterwards; returns its status. Errors
 * of efi_with_map itself have been printed.
 */
status_t efi_with_map(const struct efi *e,
		      status_t (*use)(const struct efi_map *m, void *cookie), void *cookie);

/* Whether all of the range holds data, perhaps in several pieces, and none of it is our image. */
bool efi_map_data(const struct efi_map *m, uint64_t base, uint64_t size);

/* Whether the loader has given us `size` bytes from the image's start (some do not, Q-16). */
bool efi_map_ours(const struct efi_map *m, uint64_t size);

/*
 * Whether the range overlaps nothing in draft.keep, no module and not the screen. If it does, *next
 * is the end of what it overlaps.
 */
bool efi_clear(const struct draft *d, uint64_t base, uint64_t size, uint64_t *next);

/* memmap_efi_type() of the descriptor that has the whole range; BOOT_MEM_MMIO if none has. */
uint32_t efi_map_type(const struct efi_map *m, uint64_t base, uint64_t size);

/* Allocate memory of type BOOT_MEM_FREE anywhere below efi.limit. */
bool efi_allocate_ram(const struct efi *e, const struct draft *d, const struct efi_map *m,
		      uint64_t pages, uint64_t *at);
status_t efi_no_memory(const struct efi *e, uint64_t pages);	/* prints the error */
void efi_ignored(const struct efi *e, const char *what, uint64_t base, uint64_t size,
		 const char *why);	/* prints a warning */
#endif
