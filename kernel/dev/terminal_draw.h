/* SPDX-License-Identifier: MIT */
/* terminal_draw.h - from a terminal's cells to pixels. For terminal.c. */
#ifndef KERNEL_TERMINAL_DRAW_H
#define KERNEL_TERMINAL_DRAW_H
#include "kernel/dev/terminal.h"

/* Choose the pixels of the colours, and make the whole screen black. */
void terminal_clear(struct terminal *t);
#endif
