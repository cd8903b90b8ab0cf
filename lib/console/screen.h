/* SPDX-License-Identifier: MIT */
/* screen.h - text in a linear framebuffer with 32 bits per pixel, using `console`'s state. */
#ifndef KERNEL_SCREEN_H
#define KERNEL_SCREEN_H
#include "lib/console/console.h"

/* Whether we can draw on `fb`: a known format, and a geometry that fits in fb->mem. */
bool screen_fits(const struct boot_fb *fb);

/* Clear the whole screen and start at its top. */
void screen_clear(struct console *c);

/* Show one byte of UTF-8 text. After the bottom it continues at the top: see screen.c. */
void screen_put(struct console *c, uint8_t byte);

/* Paint a red block into the upper left corner. */
void screen_paint_fault(const struct boot_fb *fb);
#endif
