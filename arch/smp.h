/* SPDX-License-Identifier: MIT */
/* smp.h - the other CPUs. The stub is linked without it. */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H
#include "lib/base.h"

/* Once a turn in a loop that waits for another CPU: lets that CPU have what the two share. */
void arch_pause(void);
#endif
