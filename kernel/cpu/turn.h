/* SPDX-License-Identifier: MIT */
/*
 * turn.h - one CPU at a time prints, so that lines do not mix and the terminal's state stays
 * consistent.
 *
 * Not one of lock.h's locks: printing must never hang. The CPU whose turn it is may print more from
 * an interrupt handler or a panic. Another CPU waits for up to a second, with interrupts masked or
 * not, and then prints without a turn.
 */
#ifndef KERNEL_TURN_H
#define KERNEL_TURN_H
#include "lib/base.h"

/*
 * turn_start(): take turns from now on; call it before a second CPU runs. turn_end(): stop doing
 * so; call it after the others have ended.
 */
void turn_start(void);
void turn_end(void);
#endif
