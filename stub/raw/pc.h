/* SPDX-License-Identifier: MIT */
/*
 * pc.h - data structures of the two protocols that start a PC without UEFI.
 *
 * Linux's Documentation/arch/x86/zero-page.rst and boot.rst; Xen's
 * public/arch-x86/hvm/start_info.h. Their contents are checked before use.
 */
#ifndef STUB_PC_H
#define STUB_PC_H
#include "stub/raw/raw.h"

#define PC_PACKED __attribute__((packed))

/* screen_info: the text screen or the framebuffer */
struct linux_screen {
	uint8_t text[15];
	uint8_t type;			/* orig_video_isVGA */
	uint16_t points, width, height, depth;
	uint32_t base, size;
	uint16_t command_line[2];
	uint16_t stride;
	uint8_t red_size, red_at, green_size, green_at, blue_size, blue_at, rest_size, rest_at;
	uint16_t vesa[4];
	uint32_t capabilities, base_high;
	uint16_t reserved;
} PC_PACKED;
enum { LINUX_SCREEN_VESA = 0x23, LINUX_SCREEN_EFI = 0x70 };
#define LINUX_MOST_ANY		UINT32_MAX	/* struct linux_params.most: video=max */
#define LINUX_SCREEN_64BIT	(1u << 1)	/* capabilities: base_high is valid */

/* efi_info: set by a loader that has left UEFI for us */
struct linux_efi {
	uint32_t signature, systab, desc_size, desc_version, map, map_size, systab_high, map_high;
} PC_PACKED;
#define LINUX_EFI_32	0x32334c45	/* "EL32" */
#define LINUX_EFI_64	0x34364c45	/* "EL64" */

struct linux_e820 {
	uint64_t base, size;
	uint32_t type;
} PC_PACKED;

/* boot_params, up to the end of its e820 table */
struct linux_params {
	struct linux_screen screen;
	uint8_t tables[0x14];
	uint32_t most;			/* 0x54: setup16.S's own: height << 16 | width by video= */
	uint8_t tables2[0x18];
	uint64_t acpi_rsdp;		/* 0x70 */
	uint8_t disks[0x48];
	uint32_t initrd_high, initrd_size_high, cmdline_high;	/* 0xc0 */
	uint8_t edid[0xf4];
	struct linux_efi efi;		/* 0x1c0 */
	uint32_t alt_mem, scratch;
	uint8_t e820_count, other[3];	/* 0x1e8 */
	uint8_t secure_boot, other2[2];	/* 0x1ec: LINUX_SECURE_ON, else unknown */
	uint8_t sentinel;		/* 0x1ef: not 0: screen, efi and e820 alone are believed */
	uint8_t header[0x12];
	uint32_t magic;			/* 0x202 */
	uint8_t header2[0xa];
	uint8_t loader, header2b[7];	/* 0x210: type_of_loader */
	uint32_t initrd, initrd_size;	/* 0x218 */
	uint8_t header3[8];
	uint32_t cmdline;		/* 0x228 */
	uint8_t header4[0x24];
	uint64_t setup_data;		/* 0x250 */
	uint8_t header5[0x78];
	struct linux_e820 e820[128];	/* 0x2d0 */
} PC_PACKED;
#define LINUX_SECURE_ON	3
#define LINUX_MAGIC	0x53726448	/* "HdrS" */
#define LINUX_LOADER_KEXEC	0xd	/* boot.rst, "loader ids"; the low half is a version */

/* A node of the list at boot_params.setup_data; `size` bytes follow. */
struct linux_setup_data {
	uint64_t next;
	uint32_t type, size;
} PC_PACKED;
enum { LINUX_DATA_E820 = 1, LINUX_DATA_SEED = 9 };

struct pvh_start {
	uint32_t magic, version, flags, modules;
	uint64_t module, cmdline, rsdp;
	uint64_t memmap;		/* from version 1 on */
	uint32_t memmap_count, reserved;
} PC_PACKED;
#define PVH_MAGIC	0x336ec578

struct pvh_module {
	uint64_t base, size, cmdline, reserved;
} PC_PACKED;

struct pvh_memmap {
	uint64_t base, size;
	uint32_t type, reserved;
} PC_PACKED;

#define PC_OFFSET(type, field, off) \
	_Static_assert(__builtin_offsetof(struct type, field) == (off), #type "." #field)
PC_OFFSET(linux_screen, stride, 0x24);
PC_OFFSET(linux_screen, capabilities, 0x36);
_Static_assert(sizeof(struct linux_screen) == 0x40, "screen_info");
PC_OFFSET(linux_params, acpi_rsdp, 0x70);
PC_OFFSET(linux_params, initrd_high, 0xc0);
PC_OFFSET(linux_params, efi, 0x1c0);
PC_OFFSET(linux_params, e820_count, 0x1e8);
PC_OFFSET(linux_params, secure_boot, 0x1ec);
PC_OFFSET(linux_params, sentinel, 0x1ef);
PC_OFFSET(linux_params, magic, 0x202);
PC_OFFSET(linux_params, loader, 0x210);
PC_OFFSET(linux_params, initrd, 0x218);
PC_OFFSET(linux_params, cmdline, 0x228);
PC_OFFSET(linux_params, setup_data, 0x250);
PC_OFFSET(linux_params, e820, 0x2d0);
PC_OFFSET(pvh_start, memmap, 40);

/* ---- pc.c ---- */

/* Add a range with an e820 type, which both protocols use. */
void pc_memory(struct raw *r, uint64_t base, uint64_t size, uint32_t type);

/*
 * Panics if a table of n ranges is beyond belief. Unlike in raw_add(), empty ones count: a table
 * with a garbage n would be read for minutes.
 */
void pc_ranges(uint32_t n);

/* The command line at `at`, NUL terminated; 0: none. Dropped if it is not in memory. */
void pc_cmdline(struct draft *d, struct raw *r, uint64_t at);

/* What the loader passed: `size` bytes at `a`. Panics if this CPU or the address is unusable. */
const void *pc_passed(struct raw *r, uint64_t a, uint64_t size);

/*
 * Collect what does not depend on the entry: the clock, ACPI's serial port. After the other steps.
 */
void pc_machine(struct draft *d, struct raw *r);

/* Record the initrd. Call it after all memory is known. */
void pc_initrd(struct draft *d, struct raw *r, uint64_t base, uint64_t size);

/* ---- bios.c: searches memory for a BIOS's tables ---- */

void bios_find(struct boot_info *info);	/* sets acpi_rsdp and smbios, where found */

/* The first structure at a multiple of 16 bytes with a valid checksum; 0 if none. Pure. */
uint64_t bios_search(uint64_t base, uint64_t size, const char *signature, uint32_t length);

#endif
