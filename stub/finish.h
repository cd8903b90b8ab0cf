/* SPDX-License-Identifier: MIT */
/* finish.h - from a memory map to the kernel, when firmware is gone, for all ways in. */
#ifndef STUB_FINISH_H
#define STUB_FINISH_H
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

/*
 * Boot the kernel from the n ranges of firmware's memory at arena.map_in, after adding our own to
 * them. reach NULL: tables in memory are not followed. Any failure is a panic.
 */
_Noreturn void finish_boot(struct draft *d, const struct arena *a, struct reach *reach, uint32_t n);
#endif
