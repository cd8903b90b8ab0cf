/* SPDX-License-Identifier: MIT */
/* smp.h - other CPUs. Not in the stub. */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H
#include "lib/base.h"

/* For each turn of a loop that waits for another CPU: gives that CPU shared resources. */
void arch_pause(void);
#endif
