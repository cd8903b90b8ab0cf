/* SPDX-License-Identifier: MIT */
/*
 * fake.h - a UEFI firmware on the host, for the real stub: shared by the files in this folder.
 *
 * Physical addresses are the host's own. RAM is what the fake's memory map says; a page of it
 * exists only while it is allocated, so an access to another page ends the program. Violations of
 * UEFI's rules are recorded as complaints.
 */
#ifndef FAKE_H
#define FAKE_H
#include "tests/host/arch/cpu.h"
#include "tests/host/fake/faults.h"
#include "lib/efi_protocols.h"
#include "arch/boot.h"
#include "lib/crumb.h"
#include "stub/stub.h"

#define REGIONS_MAX	80000
#define BLOCKS_MAX	64
#define FAKE_TEXT	4096

struct region {			/* the truth: sorted, disjoint */
	uint64_t base, pages;
	uint32_t type;
	uint64_t attribute;
};

enum phase { PHASE_BOOT, PHASE_LEAVING, PHASE_GONE };

struct fake {
	struct faults f;
	enum phase phase;
	char complaint[512];		/* the first broken rule; empty: none */
	bool quick;			/* set by the caller: check less of large maps */

	/* memory.c */
	struct region region[REGIONS_MAX];
	uint32_t regions;
	struct boot_range block[BLOCKS_MAX];	/* pages allocated and not freed */
	uint32_t blocks;
	struct boot_range again;	/* one of these that was handed out twice */
	uint64_t key;
	uint64_t grown;			/* where the next new entry goes */
	uint32_t map_calls, exit_calls, page_calls, refused;
	struct efi_memory_descriptor *final;	/* the last map given out, and the true one */
	uint32_t finals, firsts;	/* entries of the map read last, and at the first exit */

	/* services.c */
	struct efi_system_table systab;
	struct efi_boot_services boot;
	struct efi_runtime_services runtime;
	struct efi_loaded_image loaded;
	char said[FAKE_TEXT];		/* ConOut as 8-bit text */
	uint32_t said_len, outputs;
	uint32_t watchdog;		/* calls */
	void *options, *path;		/* malloc'ed: exact */

	/* files.c */
	uint64_t config_rsdp;	/* where boot_info must find ACPI; 0: anywhere */
	uint32_t files_open, reads, positions, pools;
	uint64_t file_at;
	uint32_t load_calls;
};
extern struct fake fake;

/* Record a violated rule. */
void fake_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Called first in every function of firmware. `map`: GetMemoryMap or ExitBootServices. */
void fake_enter(const char *name, bool map);

/* ---- memory.c ---- */
void memory_start(void);
void memory_end(void);
efi_status_t memory_allocate(uint32_t how, uint32_t type, uint64_t pages, uint64_t *address);
efi_status_t memory_free(uint64_t address, uint64_t pages);
efi_status_t memory_map(uint64_t *size, void *map, uint64_t *key, uint64_t *desc_size,
			uint32_t *desc_version);
efi_status_t memory_exit(void *handle, uint64_t key);
bool memory_owned(uint64_t base, uint64_t size);	/* handed out and not given back */
bool memory_good(uint64_t base, uint64_t size);	/* a kernel can use it */

/* machine.c: the true regions of a machine; the descriptors that lie. */
void machine_make(enum machine m);
void machine_add(uint64_t base, uint64_t pages, uint32_t type);
void machine_grow(uint32_t entries);
uint32_t machine_type(const struct efi_memory_descriptor *d);	/* BOOT_MEM_, as it must be */
uint32_t machine_lies(uint32_t lies, struct efi_memory_descriptor *out);
#define LIES_MAX	32

/* ---- services.c, files.c, devices.c ---- */
#define FAKE_FB(i)	(0x70000000ull + (i) * 16 * MIB)	/* where screen i is shown */
efi_status_t clock_get(struct efi_time *time, void *capabilities);	/* clock.c */
void *tree_make(void);				/* tree.c */
bool tree_initrd_good(void);
bool tree_reserves(uint64_t page);
#define FAKE_TREE_INITRD	0x28000000ull	/* all of these are free RAM for firmware */
#define FAKE_TREE_NODE		0x14000000ull
#define FAKE_TREE_BLOCK		0x18001000ull
#define FAKE_TREE_SIZE		(64 * MIB)

/* sections.c: headers before the image and what follows it; where all of it ends. */
#define FAKE_SECTION_TEXT	"debug a=section"
#define FAKE_SECTION_INITRD	3001
void sections_start(void);
uint64_t sections_end(void);
bool sections_have(const struct boot_range *mem);	/* is it the initrd among them? */
void services_start(void);
void services_end(void);
extern struct efi_file_system fake_file_system;
extern struct efi_load_file2 fake_load_file2;
extern struct efi_rng fake_rng;
extern struct efi_tcg2 fake_tcg2;
uint8_t fake_initrd_byte(uint64_t i);
bool fake_initrd_good(const uint8_t *data, uint64_t size);	/* the pieces it should be of */
void devices_start(void);
efi_status_t device_handles(uint64_t *size, void **handles);	/* those with a GOP */
void *device_gop(void *handle);		/* NULL: not on this handle */
efi_status_t device_free(void *pool);		/* FreePool of what QueryMode has given */
bool device_has(void *handle);		/* device_handles() gives it */
bool device_is_console(void *handle);
efi_status_t device_variable(const uint16_t *name, const struct efi_guid *vendor,
			     uint32_t *attributes, uint64_t *size, void *data);
extern char fake_image_handle, fake_disk_handle, fake_load_handle;

/* ---- run.c, check.c ---- */

/* One boot with these faults; returns how it ended, and *status if it returned. */
enum fake_end fake_run(const struct faults *f, efi_status_t *status);
/* After fake_run: firmware must be as the stub must leave it, or boot_info be right. */
bool fake_check(enum fake_end end, efi_status_t status);
bool fake_check_info(const struct boot_info *bi);
void fake_end(void);

/* ---- knobs.c ---- */
void knobs_read(const uint8_t *data, size_t size, struct faults *f);
size_t knobs_write(const struct faults *f, uint8_t *data, size_t room);
#endif
