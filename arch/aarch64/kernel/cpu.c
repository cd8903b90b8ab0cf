/* SPDX-License-Identifier: MIT */
/* cpu.c - what a report calls the numbers that arch_cpu_state() found. */
#include "arch/kernel.h"

const char arch_mode_name[] = "EL";
const char arch_found[BOOT_FOUND][8] = { "sctlr", "hcr", "cntv", "cntp", "isr" };
