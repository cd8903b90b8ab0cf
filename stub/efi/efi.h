/* SPDX-License-Identifier: MIT */
/*
 * efi.h - the steps of a boot by UEFI, in the order of stub_main. Before ExitBootServices unless it
 * says otherwise.
 */
#ifndef STUB_EFI_H
#define STUB_EFI_H
#include "lib/efi.h"
#include "lib/status.h"
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

/* The state that only UEFI has. */
struct efi {
	void *image;
	struct efi_system_table *systab;
	struct efi_boot_services *boot;
	const struct boot_uart *uart;	/* of the draft: where firmware's console fails */
	void *device;			/* handle of our own volume; may be NULL */
	struct efi_tcg2 *tcg;		/* NULL: no TPM */
	uint64_t initrd_pages;		/* pages allocated for the initrd; 0: none */
	uint64_t arena_pages;		/* likewise for the arena */
	uint64_t slack;			/* descriptors of room in arena.efi_map to add */
	uint64_t limit;			/* what we allocate must end below */
	struct reach reach;		/* what firmware has mapped */
};

/*
 * One line on firmware's console, or on the serial port if firmware has none or it fails.
 * Not after the first call of ExitBootServices.
 */
void efi_print(const struct efi *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * AllocatePages as LoaderData; *at as for it. Asks some times: firmware was seen to refuse
 * when it has memory.
 */
bool efi_allocate(const struct efi *e, uint32_t how, uint64_t pages, uint64_t *at);

/* A protocol by handle or the first in the system; NULL if absent, or if firmware lies. */
void *efi_protocol(const struct efi *e, void *handle, const struct efi_guid *guid);
void *efi_first_protocol(const struct efi *e, const struct efi_guid *guid);

/*
 * All that firmware knows, into the draft, in the order that lets errors be seen early. An
 * error has been printed.
 */
status_t efi_collect(struct efi *e, struct draft *d, void *image, struct efi_system_table *systab);

/*
 * efi/tables.c: who firmware is (`vendor`: UTF-16, may be NULL), and what its n tables lead to;
 * returns the address of the device tree or 0. Not only while firmware is there.
 */
#define EFI_TABLES_MAX	1024	/* more than any firmware has: it lies */
void efi_identity(struct draft *d, const struct efi_system_table *t, const void *vendor);
uint64_t efi_tables(struct draft *d, const struct efi_configuration_table *t, uint64_t n);

void efi_find_screen(const struct efi *e, struct boot_fb *fb);		/* efi/gop.c */

/* efi/trust.c: is Secure Boot in force; before the options are obeyed. */
void efi_find_secure_boot(const struct efi *e, struct boot_info *info);

/* efi/trust.c: the TPM's event log; after the last efi_measure(), which it contains. */
void efi_find_log(struct efi *e, struct draft *d);

/* efi/entropy.c: firmware's, a device tree's seeds, or the CPU's. */
void efi_find_entropy(const struct efi *e, struct draft *d);

/*
 * efi/measure.c: tell the TPM, if there is one, about `size` bytes at `data` that no signature
 * covers. The outcome is a bit of info.flags; nothing to do for 0 bytes.
 */
enum measured { MEASURED_OPTIONS, MEASURED_FILE, MEASURED_INITRD };
void efi_measure(const struct efi *e, struct boot_info *info, enum measured what, const void *data,
		 uint64_t size);

/* efi/file.c: our own volume. The text of a file into buf; its length, 0 if there is none. */
uint32_t efi_read_cmdline(struct efi *e, const char *image_path, void *buf, uint32_t size);
struct efi_file *efi_open(struct efi *e, const char *path, uint32_t len);
/* Bytes read, fewer at the file's end; UINT64_MAX if it cannot be read. */
uint64_t efi_read(struct efi_file *file, void *buf, uint64_t size);

/* efi/tree.c: what a device tree reserves, into draft.keep; before the initrd. */
status_t efi_tree_reserved(const struct efi *e, struct draft *d);

/* efi/initrd.c: by LoadFile2, else initrd=, else the tree's. */
status_t efi_read_initrd(struct efi *e, struct draft *d);
void efi_release_initrd(struct efi *e, struct draft *d);	/* if there is one */

/* Allocate and settle the arena (efi/place.c). An error has been printed. */
status_t efi_place(struct efi *e, struct draft *d, struct arena *a);
void efi_release(struct efi *e, const struct arena *a);	/* if there is one */

/*
 * The last firmware calls (efi/exit.c). On OK firmware is gone, *n ranges are at
 * arena.map_in. ERR_TOO_SMALL: the map outgrew arena.efi_map and nothing is lost: place again.
 * ERR_FIRMWARE: firmware is half gone, nothing but a return is left.
 */
status_t efi_leave(struct efi *e, struct draft *d, const struct arena *a, uint32_t *n);

/* efi/map.c: say that firmware gives no memory map, and why. */
void efi_no_map(const struct efi *e, efi_status_t status);

/* GetMemoryMap into buf, with what it says of itself. Checks that the firmware does not lie. */
struct efi_map {
	const uint8_t *at;
	uint64_t size, key, desc_size;
	uint32_t desc_version;
};
efi_status_t efi_read_map(const struct efi *e, void *buf, uint64_t room, struct efi_map *out);

/*
 * What `use` returns with firmware's map as it is now, which is gone when it returns. An
 * error of efi_with_map itself has been printed.
 */
status_t efi_with_map(const struct efi *e,
		      status_t (*use)(const struct efi_map *m, void *cookie), void *cookie);

/* Whether all of it is memory that holds data, be it in several pieces, and none of it ours. */
bool efi_map_data(const struct efi_map *m, uint64_t base, uint64_t size);

/*
 * Whether it meets none of draft.keep and the modules; else *next is where the one ends that it
 * meets.
 */
bool efi_clear(const struct draft *d, uint64_t base, uint64_t size, uint64_t *next);

/* Whether all of it is in one descriptor of free memory that we may use (memmap_efi_type). */
bool efi_map_free(const struct efi_map *m, uint64_t base, uint64_t size);

/* Pages of such memory below efi.limit, anywhere. */
bool efi_allocate_ram(const struct efi *e, const struct draft *d, const struct efi_map *m,
		      uint64_t pages, uint64_t *at);
status_t efi_no_memory(const struct efi *e, uint64_t pages);	/* says so */
#endif
