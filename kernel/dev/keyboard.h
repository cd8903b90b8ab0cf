/* SPDX-License-Identifier: MIT */
/* keyboard.h - a PC's keyboard, behind an 8042 controller. */
#ifndef KERNEL_KEYBOARD_H
#define KERNEL_KEYBOARD_H
#include "arch/machine.h"

/*
 * Find the controller and its keyboard, and read it from then on, by interrupt if that works. Call
 * it once, after irq_start() and clock_start(), with interrupts masked; it unmasks them briefly.
 * NULL, or why there is no keyboard; "" on a CPU whose machines have none. Takes less than 2 s.
 */
const char *keyboard_start(const struct machine *m);
#endif
