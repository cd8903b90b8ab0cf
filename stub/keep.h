/* SPDX-License-Identifier: MIT */
/* keep.h - what is in use stays out of free memory. */
#ifndef STUB_KEEP_H
#define STUB_KEEP_H
#include "arch/boot.h"
#include "lib/status.h"
#include "stub/reach.h"

/*
 * Of a normalised map: FREE or RECLAIM where screen, port or tables of `info` are becomes MMIO (the
 * devices), ACPI or NVS (SMBIOS). `reach` NULL: tables are not followed. ERR_TOO_SMALL if more than
 * `cap` ranges come of it.
 */
status_t keep_in_use(const struct boot_info *info, struct reach *reach, struct boot_mem *map,
		     uint32_t *n, uint32_t cap);
#endif
