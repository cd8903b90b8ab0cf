/* SPDX-License-Identifier: MIT */
/* screen.h - text in a linear framebuffer with 32 bits per pixel, using `console`'s state. */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H
#include "lib/console/console.h"

#define GLYPH_WIDTH	8
#define GLYPH_HEIGHT	16
#define GLYPH_FIRST	0x20
#define GLYPH_LAST	0x7e

/* The GLYPH_HEIGHT rows of a character, a byte each; the leftmost pixel is its top bit. */
const uint8_t *screen_font(uint8_t ch);

/* How many pixels of the screen a pixel of the font is wide and high: 1 or more. */
uint32_t screen_scale(const struct boot_fb *fb);

/* Whether we can draw on `fb`: a known format, and a geometry that fits in fb->mem. */
bool screen_fits(const struct boot_fb *fb);

/* Clear the whole screen and start at its top. */
void screen_clear(struct console *c);

/* Show one byte of UTF-8 text. After the bottom it continues at the top: see screen.c. */
void screen_put(struct console *c, uint8_t byte);

/* Paint a red block into the upper left corner. */
void screen_paint_fault(const struct boot_fb *fb);
#endif
