/* SPDX-License-Identifier: MIT */
/* keyboard.h - typing at a PC's keyboard, behind an 8042 controller. */
#ifndef KERNEL_KEYBOARD_H
#define KERNEL_KEYBOARD_H
#include "arch/machine.h"

/*
 * Find the controller and its keyboard, and read it from then on, by interrupt where that works.
 * Once, after irq_start() and clock_start(), with interrupts masked; for a moment they are not.
 * NULL, or why there is no keyboard; "": no machine of this CPU has one. Ends in less than 2 s.
 */
const char *keyboard_start(const struct machine *m);
#endif
