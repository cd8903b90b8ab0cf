/* SPDX-License-Identifier: MIT */
/*
 * stub.h - what the steps of stub_main hand to each other.
 *
 * All of it lives on the stack of stub_main: firmware may not have given us a .bss.
 */
#ifndef STUB_H
#define STUB_H
#include "arch/arch.h"
#include "lib/crumb.h"
#include "lib/efi.h"
#include "lib/status.h"
#include "lib/wants.h"
#include "stub/cmdline.h"
#include "stub/reach.h"

#define STUB_PATH_MAX		512	/* bytes of our own path kept, NUL included */
#define STUB_VENDOR_MAX		64
#define DRAFT_KEEPS		128
#define STUB_MODULES		3	/* initrd, device tree, TPM log or a dead kernel's header */

/* Words of entropy and their uses: none is used twice. */
enum {
	ENTROPY_PLACE,
	ENTROPY_VIRT = ENTROPY_PLACE + 4,
	ENTROPY_SEED,
	ENTROPY_WORDS = ENTROPY_SEED + 4,
};

/* Bytes in the arena that do not depend on the machine. */
#define ARENA_POOL		(21 * PAGE_SIZE)	/* a usual machine takes 10 to 18 */
#define ARENA_TRAP_STACK	(2 * PAGE_SIZE)

/*
 * What one collector fills, whatever it asked. Everything in it is physical, and identical
 * to what can be dereferenced until the jump. boot_info starts as `info`; texts and
 * arrays are moved to the arena later.
 */
struct draft {
	struct boot_info info;
	struct options options;
	struct boot_module module[STUB_MODULES];	/* absent: size 0 */
	uint64_t entropy[ENTROPY_WORDS];	/* if have_entropy */
	bool have_entropy;
	uint32_t cmdline_len, file_len, vendor_len;
	uint32_t keeps;
	char cmdline[CMDLINE_MAX];
	char file[STUB_PATH_MAX];
	char vendor[STUB_VENDOR_MAX];
	struct boot_mem keep[DRAFT_KEEPS];	/* not ours, whatever firmware's map says */
};

/* Bytes that the texts take in the arena, each with its NUL. */
static inline uint64_t draft_text(const struct draft *d)
{
	return d->cmdline_len + d->file_len + d->vendor_len + 3;
}

/* The one allocation, cut into pieces. All physical. */
struct arena {
	struct boot_range all;		/* page 0: crumbs and boot_info */
	uint64_t image;			/* where link address 0 will be: all.base or here */
	uint64_t text;			/* cmdline, file, vendor */
	uint64_t modules;		/* array of struct boot_module */
	struct boot_range raw;		/* buffer for firmware's memory map */
	uint64_t desc_size;		/* of the descriptors that it was laid out for */
	uint32_t map_cap;		/* entries the next four hold */
	uint64_t map_in, map_keys, map_out;
	struct boot_range pool;		/* table pages */
	struct boot_range trap_stack, boot_stack;
};

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
	uint64_t slack;			/* descriptors of room in arena.raw to add */
	uint64_t limit;			/* the arena must end below */
	struct reach reach;		/* what firmware has mapped */
};

/* One stub run. `arena` and `draft` are common to all ways in. */
struct stub {
	enum boot_regime regime;
	struct kernel_wants wants;	/* from collect_options() on */
	struct arena arena;
	struct efi efi;
	bool cold;		/* entered with the caches off: they know nothing we wrote */
	struct draft draft;	/* last: its texts are not cleared, only ended */
};

/* EFI_STATUS for UEFI callers; does not return otherwise, and not after firmware is gone. */
efi_status_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0);

/* ---- collect.c: common to all collectors ---- */

#define COLLECT_WHY	200	/* bytes of text: a line */

/*
 * Parse draft.cmdline into draft.options and choose the regime. If that fails, `why` says why.
 * no_fault: bit set of the stages in which fault= cannot be obeyed. With BOOT_SECURE_BOOT in
 * draft.info.flags what weakens us is ERR_SECURITY.
 */
status_t collect_options(struct stub *s, uint32_t no_fault, char why[COLLECT_WHY]);

/* Whether what a generator calls random can be: it is not constant, nor does it repeat. */
bool entropy_sound(const uint64_t word[ENTROPY_WORDS]);

/*
 * The console is the port that the options name, or that was found, at the speed that they ask
 * for. Without firmware, or when it is gone.
 */
void collect_console(const struct stub *s);

/* The CPU's own entropy if there is none yet; some of it becomes the kernel's seed. */
void collect_entropy(struct draft *d);

/* ---- arena.c, pure ---- */

/* What has to go into the arena; sizes in bytes. */
struct arena_needs {
	uint64_t image;			/* 0: it stays where it is */
	uint64_t text;
	uint64_t descriptors;		/* of firmware's memory map, or ranges */
	uint64_t desc_size;		/* 0: no raw map is kept */
	uint32_t keeps;			/* ranges that a device tree reserves */
	uint64_t stack;			/* whole pages */
};

/* Work out the arena's pieces, as if it began at 0. */
void arena_layout(struct arena *a, const struct arena_needs *needs);

/*
 * How many 2 MiB aligned places for `size` bytes `room` bytes at `base` have, and the first of
 * them.
 */
uint64_t arena_slots(uint64_t base, uint64_t room, uint64_t size, uint64_t *first);

/* Move the layout, made for base 0, to `base`; it runs from the copy, or from `image`. */
void arena_settle(struct arena *a, uint64_t base, uint64_t image);

/* ---- finish.c, handoff.c: firmware is gone, all ways in are one ---- */

/*
 * From n ranges of firmware's memory at arena.map_in to the kernel. Adds what is ours to
 * them. A failure is a panic from here on.
 */
_Noreturn void stub_finish(struct stub *s, uint32_t n);

/* Write the boot_info and what it points to into the arena; returns it. */
struct boot_info *handoff_write(struct stub *s, uint32_t map_entries);

/* ---- fault.c ---- */

/* Begin a stage; take the deliberate fault that was asked for there. After firmware is gone. */
void stub_stage(const struct stub *s, enum crumb_stage stage);
void stub_fault(const struct stub *s, enum crumb_stage stage);	/* the second half alone */

/* ---- efi/: UEFI; before ExitBootServices unless it says otherwise ---- */

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
status_t efi_collect(struct stub *s, void *image, struct efi_system_table *systab);

/*
 * efi/tables.c: who firmware is (`vendor`: UTF-16, may be NULL), and what its n tables lead to;
 * returns the address of the device tree or 0. Not only while firmware is there.
 */
#define EFI_TABLES_MAX	1024	/* more than any firmware has: it lies */
void efi_identity(struct draft *d, const struct efi_system_table *t, const void *vendor);
uint64_t efi_tables(struct draft *d, const struct efi_configuration_table *t, uint64_t n);

void efi_find_screen(const struct efi *e, struct boot_fb *fb);		/* efi/gop.c */

/* efi/trust.c: is Secure Boot in force; before the options are obeyed. */
void efi_find_secure_boot(struct stub *s);

/* efi/trust.c: the TPM's event log, entropy; after the last efi_measure(), which it contains. */
void efi_find_trust(struct stub *s);

/*
 * efi/measure.c: tell the TPM, if there is one, about `size` bytes at `data` that no signature
 * covers. The outcome is a bit of draft.info.flags; nothing to do for 0 bytes.
 */
enum measured { MEASURED_OPTIONS, MEASURED_FILE, MEASURED_INITRD };
void efi_measure(struct stub *s, enum measured what, const void *data, uint64_t size);

/* efi/file.c: our own volume. The text of a file into buf; its length, 0 if there is none. */
uint32_t efi_read_cmdline(struct efi *e, const char *image_path, void *buf, uint32_t size);
status_t efi_tree_reserved(struct stub *s);	/* efi/tree.c: into draft.keep, before it */
status_t efi_read_initrd(struct stub *s);	/* efi/initrd.c: LoadFile2, else initrd= */
void efi_release_initrd(struct stub *s);	/* if there is one */
struct efi_file *efi_open(struct efi *e, const char *path, uint32_t len);
/* Bytes read, fewer at the file's end; UINT64_MAX if it cannot be read. */
uint64_t efi_read(struct efi_file *file, void *buf, uint64_t size);

/* Allocate and settle the arena (efi/place.c). An error has been printed. */
status_t efi_place(struct stub *s);
void efi_release(struct stub *s);	/* the arena, if there is one */

/* Say that firmware gives no memory map, and why; efi/place.c. */
void efi_no_map(const struct efi *e, efi_status_t status);

/*
 * The last firmware calls (efi/exit.c). On OK firmware is gone, *n ranges are at
 * arena.map_in. ERR_TOO_SMALL: the map outgrew arena.raw and nothing is lost: place again.
 * ERR_FIRMWARE: firmware is half gone, nothing but a return is left.
 */
status_t efi_leave(struct stub *s, uint32_t *n);

/* GetMemoryMap into buf, with what it says of itself. Checks that the firmware does not lie. */
struct efi_map {
	const uint8_t *at;
	uint64_t size, key, desc_size;
	uint32_t desc_version;
};
efi_status_t efi_read_map(const struct efi *e, void *buf, uint64_t room, struct efi_map *out);

/*
 * efi/map.c: what `use` returns with firmware's map as it is now, which is gone when it returns. An
 * error of efi_with_map itself has been printed.
 */
status_t efi_with_map(struct stub *s,
		      status_t (*use)(struct stub *s, const struct efi_map *m, void *cookie),
		      void *cookie);

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
bool efi_allocate_ram(const struct stub *s, const struct efi_map *m, uint64_t pages,
		      uint64_t *at);
status_t efi_no_memory(const struct efi *e, uint64_t pages);	/* says so */
#endif
