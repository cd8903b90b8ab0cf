/* SPDX-License-Identifier: MIT */
/* finish.h - from a memory map to the kernel: firmware is gone, all ways in are one. */
#ifndef STUB_FINISH_H
#define STUB_FINISH_H
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

/*
 * From n ranges of firmware's memory at arena.map_in to the kernel. Adds what is ours to
 * them. reach NULL: tables in memory are not followed. A failure is a panic from here on.
 */
_Noreturn void finish_boot(struct draft *d, const struct arena *a, struct reach *reach, uint32_t n);
#endif
