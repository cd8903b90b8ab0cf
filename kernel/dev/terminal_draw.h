/* SPDX-License-Identifier: MIT */
/* terminal_draw.h - from a terminal's cells to pixels. For terminal.c. */
#ifndef KERNEL_TERMINAL_DRAW_H
#define KERNEL_TERMINAL_DRAW_H
#include "kernel/dev/terminal.h"

#define CELLS_A_WORD	(sizeof(uint64_t) / sizeof(struct cell))	/* 64-bit accesses */

/* Compute the pixel values of the colours, and clear the whole screen to black. */
void terminal_clear(struct terminal *t);
#endif
