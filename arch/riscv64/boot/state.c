/* SPDX-License-Identifier: MIT */
/*
 * state.c - what the stub has chosen and a kernel continues to use: exported by stub.o
 * (stub/exports), so that the kernel's half links no other copy. Set before .bss can be trusted.
 */
#include "arch/boot.h"
#include "csr.h"
#include "levels.h"

__attribute__((section(".data"))) uint32_t arch_map_levels = SV39_LEVELS;
__attribute__((section(".data"))) uint64_t arch_map_reach = ARCH_REACH_MAX;
