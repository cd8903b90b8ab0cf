/* SPDX-License-Identifier: MIT */
/*
 * boot_info.h - everything the stub tells the kernel.
 *
 * The structure follows the breadcrumbs in the first page of the handoff, which is one physically
 * contiguous range. The kernel's first argument is its address in the new regime.
 *
 *   - Addresses are physical, lengths are in bytes, 0 means absent.
 *   - There are no pointers, so nothing needs to be relocated.
 *   - Fields are only appended. A kernel accepts its own major version and any size that is at
 *     least the size it was built with.
 */
#ifndef BOOT_INFO_H
#define BOOT_INFO_H

#define BOOT_INFO_MAGIC		0x3130464e49544f42 /* "BOTINF01", little endian */
#define BOOT_INFO_MAJOR		1
#define BOOT_INFO_MINOR		2

/* How the image was entered. The boot report prints these as uefi, image, linux16, ... */
#define BOOT_ENTRY_UEFI		1
#define BOOT_ENTRY_IMAGE	2
#define BOOT_ENTRY_LINUX16	3
#define BOOT_ENTRY_LINUX32	4
#define BOOT_ENTRY_LINUX64	5
#define BOOT_ENTRY_PVH		6
#define BOOT_ENTRY_UEFI32	7
#define BOOT_ENTRY_AGAIN	8	/* by stub_again(), from a running kernel */

#ifndef __ASSEMBLER__
#include <stdint.h>
#ifdef __cplusplus		/* g++ knows only C++'s word */
#define _Static_assert static_assert
#endif

struct boot_range {
	uint64_t base, size;
};

/* The numbers are only names: their order means nothing. New types are appended. */
enum boot_mem_type {
	BOOT_MEM_FREE		= 1,	/* the kernel may use it at once */
	BOOT_MEM_RECLAIM	= 2,	/* loader and boot services memory: free once read */
	BOOT_MEM_ACPI		= 3,	/* free once the ACPI tables have been read */
	BOOT_MEM_IMAGE		= 4,	/* this kernel, .bss included */
	BOOT_MEM_HANDOFF	= 5,	/* breadcrumbs, boot_info, arrays, tables, stacks */
	BOOT_MEM_MODULE		= 6,	/* what `modules` lists */
	BOOT_MEM_RUNTIME_CODE	= 7,
	BOOT_MEM_RUNTIME_DATA	= 8,
	BOOT_MEM_NVS		= 9,
	BOOT_MEM_MMIO		= 10,
	BOOT_MEM_RESERVED	= 11,
	BOOT_MEM_TYPES		= 12,
};

struct boot_mem {			/* sorted, disjoint, merged, page aligned */
	uint64_t base, size;
	uint32_t type;			/* enum boot_mem_type */
	uint32_t cache;			/* EFI_MEMORY_UC|WC|WT|WB|UCE as reported; 0: unknown */
};

enum boot_regime { BOOT_MMU_DEFAULT, BOOT_MMU_OFF, BOOT_MMU_IDENTITY, BOOT_MMU_MAPPED };
enum boot_fb_format { BOOT_FB_NONE, BOOT_FB_XRGB8888, BOOT_FB_XBGR8888, BOOT_FB_MASKS };
enum boot_uart_type {
	BOOT_UART_NONE, BOOT_UART_16550, BOOT_UART_PL011,
	/* The rest are memory-mapped, with the manual's register layout and reg_shift 0. */
	BOOT_UART_CDNS, BOOT_UART_IMX, BOOT_UART_LPUART, BOOT_UART_MESON, BOOT_UART_MSM,
	BOOT_UART_GENI, BOOT_UART_EXYNOS, BOOT_UART_MVEBU, BOOT_UART_SCIF,
	BOOT_UART_CALL,			/* 1.2: no registers and no base: firmware is called */
	BOOT_UART_TYPES,
};
enum boot_uart_source {
	BOOT_UART_FROM_NOWHERE, BOOT_UART_FROM_SPCR, BOOT_UART_FROM_DBG2, BOOT_UART_FROM_DTB,
	BOOT_UART_FROM_DEFAULT, BOOT_UART_FROM_OPTION,
};

/* boot_info.cpu_flags */
#define BOOT_CPU_LA57		(1u << 0) /* five-level page tables */
#define BOOT_CPU_E2H		(1u << 1) /* EL2 with HCR_EL2.E2H: EL1's register layout */
#define BOOT_CPU_DROPPED	(1u << 2) /* entered at EL2; the stub dropped to EL1 */
#define BOOT_CPU_TYPES		(1u << 3) /* riscv64: page tables say what is cached (Svpbmt) */
#define BOOT_CPU_SV48		(1u << 4) /* riscv64: page tables have four levels, */
#define BOOT_CPU_SV57		(1u << 5) /* or five; in regime off: all RAM needs them */
#define BOOT_CPU_THEAD		(1u << 6) /* riscv64: like TYPES, but T-Head's (XTheadMaee) */

/* boot_info.flags */
#define BOOT_RUNTIME_OK		(1u << 0) /* EFI runtime services may be called */
#define BOOT_SECURE_BOOT	(1u << 1) /* Secure Boot is on; does not mean we were verified */
#define BOOT_SETUP_MODE		(1u << 2) /* firmware has no platform key */
#define BOOT_CMDLINE_CUT	(1u << 3) /* the command line was too long and was cut */
#define BOOT_RAM_UNMAPPED	(1u << 4) /* the table pool ran out: some RAM is not mapped */
#define BOOT_PLACE_RANDOM	(1u << 5) /* the image's physical address is random */
#define BOOT_VIRT_RANDOM	(1u << 6) /* and its virtual base */
#define BOOT_AFTER_OS		(1u << 7) /* an operating system ran before: devices may do DMA */
#define BOOT_MEASURED_CMDLINE	(1u << 8) /* the TPM has measured the command line */
#define BOOT_MEASURED_INITRD	(1u << 9) /* and the initrd */
#define BOOT_MEASURE_FAILED	(1u << 10) /* the TPM refused to measure one of them */
#define BOOT_TPM_LOG_SHORT	(1u << 11) /* the TPM's log is full and lacks later events */
#define BOOT_MEASURED_FILES	(1u << 12) /* the TPM has measured the modules with names */

/* boot_info.clock_source */
enum boot_clock {
	BOOT_CLOCK_NONE,
	BOOT_CLOCK_EFI,		/* UEFI's GetTime, with a time zone */
	BOOT_CLOCK_EFI_LOCAL,	/* GetTime without a time zone: taken for UTC */
	BOOT_CLOCK_RTC,		/* a PC's CMOS clock, which has no time zone: taken for UTC */
};

struct boot_fb {
	struct boot_range mem;
	uint32_t width, height, stride;	/* pixels, pixels, bytes */
	uint32_t format;		/* enum boot_fb_format */
	uint32_t red_mask, green_mask, blue_mask, reserved;
};

struct boot_uart {
	uint64_t base;			/* physical address, or I/O port if is_port */
	uint8_t type;			/* enum boot_uart_type */
	uint8_t is_port;		/* x86 I/O space */
	uint8_t reg_shift;		/* registers are 1 << reg_shift bytes apart */
	uint8_t reg_width;		/* access width in bytes: 1, 2 or 4 */
	uint32_t source;		/* enum boot_uart_source */
};

enum boot_module_kind {
	BOOT_MODULE_INITRD = 1, BOOT_MODULE_DTB, BOOT_MODULE_TPM_LOG,
	BOOT_MODULE_ELFCOREHDR,		/* 1.2: ELF header describing a crashed kernel's memory */
	BOOT_MODULE_FILE,		/* 1.2: a file with a name */
};

struct boot_module {
	struct boot_range mem;		/* exact, not rounded to pages */
	uint32_t kind;			/* enum boot_module_kind */
	uint32_t detail;		/* TPM log: 1 = TCG 1.2 format, 2 = crypto agile */
};

#define BOOT_FOUND	6

struct boot_info {
	uint64_t magic;			/* 0x00 */
	uint16_t major, minor;		/* 0x08 */
	uint32_t size;			/* 0x0c sizeof(struct boot_info) of the stub */
	struct boot_range handoff;	/* 0x10 crumbs, this, moved image, arrays, tables, stacks */
	struct boot_range boot_stack;	/* 0x20 the page below it is not mapped */
	struct boot_range trap_stack;	/* 0x30 likewise */

	/* how we were started */
	uint32_t entry;			/* 0x40 BOOT_ENTRY_* */
	uint32_t regime;		/* 0x44 enum boot_regime: off, identity or mapped */
	uint64_t cpu_mode;		/* 0x48 exception level 1 or 2 / CPL (0) / S-mode (1) */
	uint64_t cpu_id;		/* 0x50 MPIDR_EL1 affinity / x2APIC or APIC id / hart id */
	uint32_t flags;			/* 0x58 BOOT_* */
	uint32_t exit_tries;		/* 0x5c ExitBootServices calls made; 0 without UEFI */
	uint32_t exit_growth;		/* 0x60 descriptors added to the map between those calls */
	uint32_t reserved0;		/* 0x64 */

	/* the image */
	struct boot_range image;	/* 0x68 where it runs, physical; page 0 may be crumbs */
	uint64_t image_loaded;		/* 0x78 where it was loaded */
	uint64_t image_virt;		/* 0x80 run-time address of link address 0 */
	uint64_t checksum;		/* 0x88 sum64() of text and read-only data, see README */
	uint64_t page_root;		/* 0x90 physical; 0 if the regime is off */
	uint64_t direct_map;		/* 0x98 virtual address of physical 0; 0 unless mapped */
	struct boot_range page_pool;	/* 0xa0 all pages set aside for tables */
	uint64_t page_used;		/* 0xb0 bytes of it in use */

	/* memory */
	struct boot_range memmap;	/* 0xb8 array of struct boot_mem */

	/* from firmware */
	uint64_t acpi_rsdp;		/* 0xc8 */
	uint64_t smbios;		/* 0xd0 entry point, preferably the 64-bit one */
	uint64_t efi_systab;		/* 0xd8 0 without UEFI */
	uint64_t efi_runtime;		/* 0xe0 EFI_RUNTIME_SERVICES, physical */
	uint64_t efi_memattr;		/* 0xe8 EFI_MEMORY_ATTRIBUTES_TABLE */
	struct boot_range efi_memmap;	/* 0xf0 raw descriptors, for SetVirtualAddressMap */
	uint32_t efi_desc_size;		/* 0x100 */
	uint32_t efi_desc_version;	/* 0x104 */
	uint32_t efi_revision;		/* 0x108 EFI_SYSTEM_TABLE.Hdr.Revision */
	uint32_t firmware_revision;	/* 0x10c FirmwareRevision */
	struct boot_range vendor;	/* 0x110 firmware vendor, UTF-8, in the handoff */
	struct boot_range file;		/* 0x120 path of the image file, UTF-8, in the handoff */

	/* from the user */
	struct boot_range cmdline;	/* 0x130 UTF-8, NUL terminated, size without the NUL */
	struct boot_range modules;	/* 0x140 array of struct boot_module, initrd first */
	struct boot_fb fb;		/* 0x150 */

	struct boot_uart uart;		/* 0x180 early console */

	uint8_t seed[32];		/* 0x190 entropy; the kernel wipes it after use */
	uint32_t seed_len;		/* 0x1b0 bytes, at most 32 */
	uint32_t cpu_flags;		/* 0x1b4 BOOT_CPU_* */
	uint64_t counter_hz;		/* 0x1b8 0 if unknown */
	uint64_t crumbs;		/* 0x1c0 struct crumbs: stage times */

	/* 1.1: registers as found at entry, in the order of arch_found; 0 if not read */
	uint64_t found[BOOT_FOUND];	/* 0x1c8 */
	uint64_t tpm_final;		/* 0x1f8 EFI_TCG2_FINAL_EVENTS_TABLE */
	uint64_t tpm_final_seen;	/* 0x200 how many of its first entries the TPM log has */

	/* 1.2 */
	uint64_t clock;			/* 0x208 seconds since 1970, UTC; 0: unknown */
	uint64_t clock_ticks;		/* 0x210 the counter when the clock was read */
	uint32_t clock_source;		/* 0x218 enum boot_clock */
	uint32_t reserved1;		/* 0x21c */
	struct boot_range module_names;	/* 0x220 array of struct boot_range, one for each module: */
					/* its name, UTF-8, a NUL after size bytes; size 0: none */
	struct boot_range kept;		/* 0x230 for stub_again() alone */
	uint64_t previous;		/* 0x240 struct crumbs of the run before this one */
	uint64_t pinned;		/* 0x248 page of an older image, still used */
	uint32_t agains;		/* 0x250 calls of stub_again() so far */
	uint32_t first_entry;		/* 0x254 BOOT_ENTRY_* before the first of them */
};

#define BOOT_INFO_OFFSET(field, off) \
	_Static_assert(__builtin_offsetof(struct boot_info, field) == (off), "boot_info: " #field)
_Static_assert(sizeof(struct boot_mem) == 24, "boot_mem layout");
_Static_assert(sizeof(struct boot_module) == 24, "boot_module layout");
_Static_assert(sizeof(struct boot_fb) == 48, "boot_fb layout");
_Static_assert(sizeof(struct boot_uart) == 16, "boot_uart layout");
BOOT_INFO_OFFSET(boot_stack, 0x20);
BOOT_INFO_OFFSET(image, 0x68);
BOOT_INFO_OFFSET(memmap, 0xb8);
BOOT_INFO_OFFSET(vendor, 0x110);
BOOT_INFO_OFFSET(cmdline, 0x130);
BOOT_INFO_OFFSET(fb, 0x150);
BOOT_INFO_OFFSET(uart, 0x180);
BOOT_INFO_OFFSET(seed, 0x190);
BOOT_INFO_OFFSET(crumbs, 0x1c0);
BOOT_INFO_OFFSET(found, 0x1c8);
BOOT_INFO_OFFSET(tpm_final, 0x1f8);
BOOT_INFO_OFFSET(clock, 0x208);
BOOT_INFO_OFFSET(kept, 0x230);
_Static_assert(sizeof(struct boot_info) == 0x258, "boot_info: bump BOOT_INFO_MINOR and fix this");
#endif /* !__ASSEMBLER__ */
#endif /* BOOT_INFO_H */
