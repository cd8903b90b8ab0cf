/* SPDX-License-Identifier: MIT */
/* cpu.c - names for the report of the numbers from arch_cpu_state(). */
#include "arch/kernel.h"

const char arch_mode_name[] = "EL";
const char arch_found[BOOT_FOUND][8] = { "sctlr", "hcr", "cntv", "cntp", "isr" };
