/* SPDX-License-Identifier: MIT */
/*
 * faults.h - all that the fake firmware can do badly, as numbers. All zero: a decent firmware.
 *
 * Only numbers, so that a case is a line and a fuzzer can write it (knobs.c). Counters of
 * calls begin at 1; 0 means never.
 */
#ifndef FAULTS_H
#define FAULTS_H
#include <stdint.h>

#define FOR_EVER	1000000u

enum machine {
	MACHINE_PLAIN,		/* RAM below 2 GiB in some twenty descriptors */
	MACHINE_HIGH,		/* all free RAM far above 4 GiB */
	MACHINE_FULL,		/* no free page at all */
	MACHINE_SMALL,		/* not enough for the arena, enough for a map buffer */
	MACHINE_PIECES,		/* free RAM has no 2 MiB step: the arena fits at odd places only */
	MACHINE_UC,		/* pieces, and much that cannot be cached */
	MACHINE_SP,		/* pieces, and much that is for a special purpose */
	MACHINE_FAR,		/* pieces, and much that no page table reaches */
	MACHINE_BAD,		/* all of these, and no pieces */
	MACHINE_8000,		/* 8,000 descriptors, no two neighbours alike */
	MACHINE_70000,		/* more than the stub's index has bits for */
	MACHINES,
};

/* Descriptors on top of the true ones, and their order. */
#define LIE_EMPTY	(1u << 0)	/* zero pages, of several types */
#define LIE_UNKNOWN	(1u << 1)	/* types that no specification has */
#define LIE_OVERLAP	(1u << 2)	/* the same pages twice and with other types */
#define LIE_WRAP	(1u << 3)	/* ends behind the end of the address space */
#define LIE_HUGE	(1u << 4)	/* NumberOfPages of 2^52 and more */
#define LIE_FAR		(1u << 5)	/* free RAM where no page table reaches */
#define LIE_ORDER	(1u << 6)	/* shuffled */
#define LIE_ODD		(1u << 7)	/* bases that are no page's */
#define LIES		(1u << 8)

enum said { SAID_TRUTH, SAID_ZERO, SAID_39, SAID_44, SAID_HUGE, SAIDS };

enum out { OUT_OK, OUT_NULL, OUT_NO_FUNCTION, OUT_FAILS, OUT_WARNS, OUTS };

enum table {
	TABLE_OK, TABLE_NULL, TABLE_SIGNATURE, TABLE_CRC, TABLE_OLD, TABLE_NO_BOOT,
	TABLE_NO_RUNTIME, TABLE_NO_VENDOR, TABLES,
};

enum config {
	CONFIG_OK, CONFIG_NULL, CONFIG_NONE, CONFIG_TWICE, CONFIG_SKEWED, CONFIG_MANY,
	CONFIG_BAD_TARGETS, CONFIG_UNMAPPED, CONFIGS,
};

/* Bits of null_services (the pointer is NULL) and fail_services (an error, nothing written). */
#define SERVICE_HANDLE_PROTOCOL	(1u << 0)
#define SERVICE_LOCATE_PROTOCOL	(1u << 1)
#define SERVICE_LOCATE_HANDLE	(1u << 2)
#define SERVICE_LOCATE_PATH	(1u << 3)
#define SERVICE_WATCHDOG	(1u << 4)
#define SERVICE_GET_VARIABLE	(1u << 5)
#define SERVICES		(1u << 6)

enum image { IMAGE_OK, IMAGE_UNKNOWN, IMAGE_NO_DEVICE, IMAGE_BOGUS, IMAGE_SHORT, IMAGES };

enum path {
	PATH_OK, PATH_NULL, PATH_LENGTH_0, PATH_LENGTH_1, PATH_LENGTH_2, PATH_LENGTH_3,
	PATH_ENDLESS, PATH_LONG, PATH_ODD_LENGTH, PATHS,
};

enum disk {
	DISK_NONE, DISK_OK, DISK_VOLUME_FAILS, DISK_ROOT_NULL, DISK_OPEN_FAILS, DISK_OPEN_NULL,
	DISK_DIRECTORY, DISK_READ_LIES, DISKS,
};

enum gop {
	GOP_OK, GOP_NONE, GOP_MODE_NULL, GOP_INFO_NULL, GOP_BLT, GOP_INFO_SMALL, GOP_ABSURD,
	GOP_FAR, GOP_WIDE, GOP_MANY, GOP_TWO, GOP_GROWS, GOP_INTERFACE_NULL, GOP_WRAPS, GOP_PRODUCT,
	GOP_565, GOP_888, GOP_OVERLAP, GOP_HOLE, GOP_NO_RED, GOP_IN_RESERVED, GOP_8888,
	GOP_2101010, GOP_SHORT, GOP_LARGE_BAR, GOP_IMAGE, GOPS,
};

enum rng {
	RNG_OK, RNG_NONE, RNG_FAILS, RNG_NO_RAW, RNG_HALF, RNG_NOTHING, RNG_PART, RNG_ONES,
	RNG_RAW_ONES, RNGS,
};
enum tcg {
	TCG_NONE, TCG_1_2, TCG_FAILS, TCG_NULL, TCG_GARBAGE, TCG_FULL, TCG_TRUNCATED, TCG_UNTOLD,
	TCGS,
};
enum variables { VARS_NONE, VARS_SECURE, VARS_SETUP, VARS_FAIL, VARS_EMPTY, VARS_LONG, VARSS };

enum clock {		/* what GetTime says: CLOCK_OK is 2026-11-26 05:12:13, an hour east */
	CLOCK_OK, CLOCK_NULL, CLOCK_FAILS, CLOCK_NO_ZONE, CLOCK_ZERO, CLOCK_NO_DAY,
	CLOCK_WILD_ZONE, CLOCK_BEFORE, CLOCK_ODD, CLOCKS,
};

/* What LoadFile2 says: to the question for the size, then to the read. */
enum load {
	LOAD_NONE, LOAD_OK, LOAD_EMPTY, LOAD_ZERO_TOO_SMALL, LOAD_FIRST_FAILS, LOAD_SECOND_FAILS,
	LOAD_GREW, LOAD_SHRANK, LOAD_HUGE, LOAD_NO_PROTOCOL, LOAD_SIZE_ONLY,
	LOADS,
};

/* The device tree among the tables; TREE_NONE: zeros. */
enum tree {
	TREE_NONE, TREE_RESERVED, TREE_MANY, TREE_INITRD, TREE_INITRD_MMIO, TREE_INITRD_NOWHERE,
	TREE_INITRD_PARTLY, TREE_INITRD_IMAGE, TREE_INITRD_ALL, TREE_INITRD_WRAPS,
	TREE_INITRD_BACKWARDS, TREES,
};

struct faults {
	uint32_t machine, lies;
	uint32_t desc_size;		/* 0: 48 */
	uint32_t desc_then;		/* what it is from call number desc_call on; 0: the same */
	uint32_t desc_call;
	uint32_t desc_said;		/* enum said */
	uint32_t map_fails;		/* GetMemoryMap's call that fails; FOR_EVER: all */
	uint32_t map_absurd;		/* BUFFER_TOO_SMALL asks for 2^60 bytes from this call on */
	uint32_t map_stack_only;	/* every buffer in allocated pages is too small */
	uint32_t grow_map, grow_maps;	/* entries more before each of the first grow_maps calls */
	uint32_t grow_exit;		/* entries more in each refused ExitBootServices */
	uint32_t stale_keys;		/* how many times a good key is refused */
	uint32_t exit_fails;		/* ExitBootServices' call that fails otherwise */
	uint32_t refuse_first;		/* AllocatePages refused so many times */
	uint32_t refuse_at;		/* this call */
	uint32_t refuse_from;		/* this call and all later ones */
	uint32_t refuse_address;	/* all of type AllocateAddress */

	uint32_t table, con_in_null, con_out;
	uint32_t config, tree;
	uint32_t null_services, fail_services;

	uint32_t image, path;
	uint32_t disk;			/* with a text file if there is text, and an initrd */
	uint32_t file_size;		/* of the initrd, in bytes */
	uint32_t file_huge;		/* it says that it has 2^62 bytes */
	uint32_t read_step;		/* bytes that a read gives at most; 0: all */
	uint32_t read_fails;		/* the call of Read that fails */

	uint32_t gop, rng, tcg, variables, clock;
	uint32_t screen_type;		/* EFI_MEMORY_TYPE where the first screen is; 0: none */
	uint32_t load, load_size;	/* LoadFile2 */

	uint32_t no_random;		/* 1: the CPU has none; 2: it is stuck at ones */
	uint32_t has_off, no_port, no_uart, levels5, no_gib;	/* the CPU's */

	/* load options: the bytes, where they begin (mod 8), and a size without bytes */
	const void *options;
	uint32_t options_size, options_skew, options_null, options_huge;
	const char *text;		/* the text file; NULL: there is none */
};
#endif
