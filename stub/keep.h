/* SPDX-License-Identifier: MIT */
/* keep.h - takes what is in use out of free memory. */
#ifndef STUB_KEEP_H
#define STUB_KEEP_H
#include "arch/boot.h"
#include "lib/status.h"
#include "stub/reach.h"

/*
 * In a normalised map, change FREE or RECLAIM memory that holds the screen, port or tables of
 * `info` to MMIO (devices), ACPI, or NVS (SMBIOS). `reach` NULL: tables are not followed.
 * ERR_TOO_SMALL if the result has more than `cap` ranges.
 */
status_t keep_in_use(const struct boot_info *info, struct reach *reach, struct boot_mem *map,
		     uint32_t *n, uint32_t cap);
#endif
