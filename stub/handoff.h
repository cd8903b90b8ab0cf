/* SPDX-License-Identifier: MIT */
/* handoff.h - writes boot_info and what it points to. */
#ifndef STUB_HANDOFF_H
#define STUB_HANDOFF_H
#include "stub/arena.h"
#include "stub/draft.h"

/* Write them into the arena; the memory map is there already. Returns the boot_info. */
struct boot_info *handoff_write(const struct draft *d, const struct arena *a, uint32_t map_entries);
#endif
