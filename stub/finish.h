/* SPDX-License-Identifier: MIT */
/* finish.h - from a memory map to the kernel: firmware is gone, all ways in are one. */
#ifndef STUB_FINISH_H
#define STUB_FINISH_H
#include "stub/stub.h"

/*
 * From n ranges of firmware's memory at arena.map_in to the kernel. Adds what is ours to
 * them. A failure is a panic from here on.
 */
_Noreturn void finish_boot(struct stub *s, uint32_t n);
#endif
