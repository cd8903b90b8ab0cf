/* SPDX-License-Identifier: MIT */
/*
 * inject.h - an EFI application that starts our image and lies to it: what its files share.
 *
 * The image sees firmware's own system table, with pointers in it to tables of ours for as
 * long as it runs; firmware itself never calls through these. One image at a time.
 */
#ifndef INJECT_H
#define INJECT_H
#include "lib/efi_protocols.h"

#define EVER	UINT64_MAX

/*
 * A fault's value is the number behind its name, 1 if there is none, 0 if it is not wanted.
 * "call N" counts the image's calls of that function from 1.
 */
#define FAULTS(X) \
	/* GetMemoryMap */ \
	X(map_fail)	/* call N: DEVICE_ERROR */ \
	X(map_grow)	/* N entries more before each call, for real */ \
	X(map_huge)	/* every Nth call wants more room than it was given */ \
	X(desc)		/* DescriptorSize N */ \
	X(unsorted)	/* from the top down */ \
	X(zero)		/* entries without pages between the others */ \
	X(overlap)	/* three about one page: data of the loader, free, reserved */ \
	X(unknown)	/* types of OEMs, of OSes, and of no specification */ \
	X(count)	/* N entries in all */ \
	X(above)	/* nothing free below address N */ \
	/* ExitBootServices */ \
	X(stale)	/* the first N calls are refused */ \
	X(badkey)	/* the first N calls reach firmware with another key */ \
	X(grow)		/* at each of these N entries more, for real */ \
	X(exit_status)	/* error N */ \
	X(live)		/* the timer's interrupt is pending when firmware is gone */ \
	/* AllocatePages, FreePages */ \
	X(alloc_fail)	/* call N is refused */ \
	X(alloc_from)	/* and all from call N on */ \
	X(no_address)	/* an address asked for is never free */ \
	X(poison)	/* what is given is not zero, what is given back is overwritten */ \
	X(poison_all)	/* nor is anything else that is free above 1 MiB */ \
	/* other services */ \
	X(bare)		/* whatever the image need not call fails; so does the watchdog */ \
	X(no_watchdog)	/* SetWatchdogTimer is NULL */ \
	X(no_locate)	/* LocateProtocol finds nothing */ \
	X(lie)		/* it finds everything, at NULL */ \
	X(no_handles)	/* LocateHandle finds nothing */ \
	X(many)		/* it finds more than fit */ \
	X(no_runtime)	X(no_variables) \
	/* the system table */ \
	X(no_out)	X(no_in)	/* ConOut, ConIn NULL */ \
	X(out_fail)	/* OutputString fails */ \
	X(revision)	/* of all tables */ \
	X(bad_crc)	/* of all tables */ \
	X(no_boot)	X(no_signature) \
	X(tables)	/* number of configuration tables; there are fewer */ \
	X(no_tables) \
	X(wild)		/* ACPI and vendor where nothing is mapped; 2: all tables */ \
	/* protocols */ \
	X(no_rng)	X(rng_fail)	X(rng_default)	/* only the default algorithm */ \
	X(rng_stuck)	/* every word alike, by any algorithm */ \
	X(no_gop)	X(gop)		/* 1: no mode; 2: no info; 3: absurd; 4: BLT only */ \
	X(no_tcg)	X(tcg)		/* 1: fails; 2: no log; 3: a last entry from nowhere; \
			   in all three nothing can be measured; \
			   4: measured, but the log is full */ \
	X(load_file)	/* 1: good; fails, 2: at once, 3: half-way; 4: short; size \
			   5: 0, 6: 2^60 */ \
	X(no_files)	X(volume_fail)	X(open_fail)	X(position_fail) \
	X(short_read)	/* N bytes at most */ \
	X(read_fail)	/* after N bytes, and from then on */ \
	X(read_end)	/* the file ends after N bytes, whatever its size */ \
	/* the loaded image */ \
	X(no_self)	X(no_device)	X(no_path)	X(bad_path)	X(bad_base) \
	X(opt_none)	X(opt_null)	/* NULL, with size N */ \
	X(opt_odd)	/* at an odd address, without end, half a character behind it */ \
	X(opt_garbage)	/* 64 KiB of it, from seed N */ \
	X(opt_blob)	/* an EFI_LOAD_OPTION */ \
	X(opt_8bit)

#define X(name) fault_##name,
enum fault { FAULTS(X) FAULT_COUNT };
#undef X

#define CMDLINE_ROOM	256
#define NAME_ROOM	32

struct inject {
	struct efi_system_table *systab;
	struct efi_boot_services *boot;		/* firmware's own, as all below */
	struct efi_text_output *out;
	void *self, *child;
	uint64_t fault[FAULT_COUNT];
	char name[NAME_ROOM], cmdline[CMDLINE_ROOM];
	uint32_t strays;			/* calls that should not have been */
	uint32_t files;				/* open ones */
};
extern struct inject inject;

static inline uint64_t want(enum fault f)
{
	return inject.fault[f];
}

/* inject.c: a line on firmware's own console; on the serial port once that is gone. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* faults.c: one line of the list into inject; false if it is empty, a comment, or the end. */
bool case_parse(const char *line, uint32_t len);

/* tables.c: between the two the image sees ours; after a good ExitBootServices, nobody does. */
void tables_install(void);
void tables_remove(void);
void tables_leaving(bool gone);	/* all but two services become strays; gone: these too */

/* pages.c: what the image allocated. */
efi_status_t EFIAPI pages_allocate(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at);
efi_status_t EFIAPI pages_free(uint64_t at, uint64_t pages);
void pages_start(void);
uint64_t pages_settle(void);	/* give back what the image did not; how many pages */
uint64_t pages_of_loader(void);	/* EfiLoaderData pages in firmware's map */
void pages_grow(uint64_t entries);

/* map.c */
efi_status_t EFIAPI map_get(uint64_t *size, void *map, uint64_t *key, uint64_t *desc_size,
			    uint32_t *version);
void map_start(void);
/* Firmware's map as it is, until the next call. */
const struct efi_memory_descriptor *map_real(uint32_t *n);

/* leave.c */
efi_status_t EFIAPI leave(void *handle, uint64_t key);
void leave_start(void);

/* protocols.c, files.c, image.c */
efi_status_t EFIAPI protocol_handle(void *handle, const struct efi_guid *guid, void **out);
efi_status_t EFIAPI protocol_locate(const struct efi_guid *guid, void *key, void **out);
efi_status_t EFIAPI protocol_handles(uint32_t how, const struct efi_guid *guid, void *key,
				     uint64_t *size, void **handles);
efi_status_t EFIAPI protocol_path(const struct efi_guid *guid, struct efi_device_path **path,
				  void **handle);
struct efi_file_system *files_wrap(struct efi_file_system *real);
void files_start(void);
struct efi_loaded_image *image_describe(struct efi_loaded_image *real);

/* cpu_<isa>.c: the serial port of QEMU's board, and its timer. */
void cpu_put(char c);
void cpu_timer(void);
#endif
