/* SPDX-License-Identifier: MIT */
/*
 * turn.h - one CPU at a time prints, so that its text and the terminal stay whole.
 *
 * Not a lock.h: nothing that prints may hang. The CPU whose turn it is may be interrupted, or
 * panic, and print more. Another one waits for a second, with interrupts masked or not, and then
 * prints without a turn.
 */
#ifndef KERNEL_TURN_H
#define KERNEL_TURN_H
#include "lib/base.h"

/* From now on, when a second CPU may print; and no longer, when the others do not run any more. */
void turn_start(void);
void turn_end(void);

/* What shares the terminal's state with console_write(). True: turn_give() has to follow. */
bool turn_take(void);
void turn_give(void);
#endif
