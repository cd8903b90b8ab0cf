/* SPDX-License-Identifier: MIT */
/* cpu.h - which exception level this is, and what its registers mean there. */
#ifndef CPU_H
#define CPU_H
#include "lib/base.h"

/* 1 or 2 (3 never runs us). */
uint32_t cpu_level(void);

/*
 * Whether EL2's registers have EL1's layout: HCR_EL2.E2H, found by trying and not by
 * reading, since some CPUs have it fixed at 1 and do not say so. EL2 only; FAR_EL2 and
 * FAR_EL1 keep their values.
 */
bool cpu_e2h(void);

/* EL2 with a single privilege level: the _EL2 names and formats must be used. */
bool cpu_el2_only(void);
#endif
