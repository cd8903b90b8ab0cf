/* SPDX-License-Identifier: MIT */
/* third.h - between main.c, the library that draws, and what differs between the CPUs. */
#ifndef THIRD_H
#define THIRD_H
#include <stddef.h>
#include <stdint.h>

#define LINE_WIDTH	560
#define LINE_HEIGHT	64

/* From here on floating-point registers may be used. */
void float_on(void);

/* x with three decimals, as text. */
void decimal(char *to, size_t size, double x);

/* Draw `text` into a picture of LINE_WIDTH * LINE_HEIGHT, 255 is ink. Its width; 0: no font. */
int text_draw(uint8_t *picture, const char *text);

extern const uint8_t font_file[];
#endif
