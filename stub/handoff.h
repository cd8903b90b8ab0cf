/* SPDX-License-Identifier: MIT */
/* handoff.h - the boot_info and what it points to. */
#ifndef STUB_HANDOFF_H
#define STUB_HANDOFF_H
#include "stub/arena.h"
#include "stub/draft.h"

/* Write them into the arena, the map of map_entries being there; returns the boot_info. */
struct boot_info *handoff_write(const struct draft *d, const struct arena *a, uint32_t map_entries);
#endif
