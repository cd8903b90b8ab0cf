/* SPDX-License-Identifier: MIT */
/*
 * memmap_rank.c - which memory type wins where ranges overlap: the more restrictive one.
 *
 * Types are appended in boot_info.h, so their numbers mean nothing. Give a new one its rank here.
 */
#include "stub/memmap.h"

const uint8_t memmap_rank[BOOT_MEM_TYPES] = {
	[BOOT_MEM_FREE]		= 1,
	[BOOT_MEM_RECLAIM]	= 2,
	[BOOT_MEM_ACPI]		= 3,
	[BOOT_MEM_IMAGE]	= 4,
	[BOOT_MEM_HANDOFF]	= 5,
	[BOOT_MEM_MODULE]	= 6,
	[BOOT_MEM_RUNTIME_CODE]	= 7,
	[BOOT_MEM_RUNTIME_DATA]	= 8,
	[BOOT_MEM_NVS]		= 9,
	[BOOT_MEM_MMIO]		= 10,
	[BOOT_MEM_RESERVED]	= 11,
};
const uint32_t memmap_types = BOOT_MEM_TYPES;
