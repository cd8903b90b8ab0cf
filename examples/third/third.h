/* SPDX-License-Identifier: MIT */
/* third.h - shared by main.c, the drawing library, and the CPUs' files. */
#ifndef THIRD_H
#define THIRD_H
#include <stddef.h>
#include <stdint.h>

#define LINE_WIDTH	560
#define LINE_HEIGHT	64

/* Enable floating-point registers. */
void float_on(void);

/* Format x with three decimals. */
void decimal(char *to, size_t size, double x);

/* Draw `text` into LINE_WIDTH * LINE_HEIGHT pixels; 255 is ink. Returns its width; 0: no font. */
int text_draw(uint8_t *picture, const char *text);

extern const uint8_t font_file[];
#endif
