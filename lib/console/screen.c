/* SPDX-License-Identifier: MIT */
/*
 * screen.c - see screen.h. Never reads the framebuffer: it is uncached, and scrolling by copying
 * takes seconds on a large screen. Instead text wraps to the top, and the next line is cleared.
 */
#include "screen.h"
#include "lib/string.h"

extern const uint8_t font_spleen[][GLYPH_HEIGHT];	/* font.S; the first is GLYPH_FIRST */

#define SCALE_STEP	1280	/* pixels of width per step of letter size */
#define TAB_CELLS	8
#define FAULT_SIZE	32	/* pixels: side of the red square */

/* Letters get larger with the width, as long as a line still fits. */
uint32_t screen_scale(const struct boot_fb *fb)
{
	return MAX(1, MIN(fb->width / SCALE_STEP, fb->height / GLYPH_HEIGHT));
}

static uint32_t *screen_pixel(const struct boot_fb *fb, uint32_t x, uint32_t y)
{
	return (uint32_t *)(fb->mem.base + (uint64_t)y * fb->stride) + x;
}

/* Light grey: the top two bits of each colour. Grey is the same if red and blue are swapped. */
static uint32_t screen_grey(const struct boot_fb *fb)
{
	if (fb->format != BOOT_FB_MASKS)
		return 0xc0c0c0;
	return (fb->red_mask & ~(fb->red_mask >> 2)) | (fb->green_mask & ~(fb->green_mask >> 2)) |
	       (fb->blue_mask & ~(fb->blue_mask >> 2));
}

static uint32_t screen_red(const struct boot_fb *fb)
{
	if (fb->format == BOOT_FB_MASKS)
		return fb->red_mask;
	return fb->format == BOOT_FB_XRGB8888 ? 0xff0000 : 0x0000ff;
}

static void clear_lines(const struct boot_fb *fb, uint32_t y, uint32_t lines)
{
	while (lines--)
		memset(screen_pixel(fb, 0, y++), 0, fb->width * sizeof(uint32_t));
}

static void clear_row(const struct boot_fb *fb, uint32_t row)
{
	uint32_t height = GLYPH_HEIGHT * screen_scale(fb);

	clear_lines(fb, row * height, height);
}

void screen_clear(struct console *c)
{
	clear_lines(&c->fb, 0, c->fb.height);
	c->column = 0;
	c->row = 0;
}

const uint8_t *screen_font(uint8_t ch)
{
	return font_spleen[ch - GLYPH_FIRST];
}

static void screen_glyph(const struct console *c, uint8_t ch)
{
	const struct boot_fb *fb = &c->fb;
	uint32_t scale = screen_scale(fb), grey = screen_grey(fb);
	uint32_t x = c->column * GLYPH_WIDTH * scale, y = c->row * GLYPH_HEIGHT * scale;
	const uint8_t *rows = screen_font(ch);

	for (uint32_t line = 0; line < GLYPH_HEIGHT * scale; line++) {
		uint32_t *pixel = screen_pixel(fb, x, y + line);
		uint8_t bits = rows[line / scale];

		for (uint32_t mask = 0x80; bits && mask; mask >>= 1)
			for (uint32_t i = 0; i < scale; i++)
				*pixel++ = bits & mask ? grey : 0;
	}
}

static void screen_newline(struct console *c)
{
	uint32_t rows = c->fb.height / (GLYPH_HEIGHT * screen_scale(&c->fb));

	c->column = 0;
	c->row = c->row + 1 < rows ? c->row + 1 : 0;
	clear_row(&c->fb, c->row);
	if (c->row + 1 < rows)		/* leave a gap between the newest line and the oldest */
		clear_row(&c->fb, c->row + 1);
}

void screen_put(struct console *c, uint8_t byte)
{
	uint32_t columns = c->fb.width / (GLYPH_WIDTH * screen_scale(&c->fb));

	if ((byte & 0xc0) == 0x80)	/* the rest of a character already shown as '?' */
		return;
	if (byte == '\n') {
		screen_newline(c);
		return;
	}
	if (byte == '\t') {
		c->column = (c->column + TAB_CELLS) / TAB_CELLS * TAB_CELLS;
		return;
	}
	if (c->column >= columns)
		screen_newline(c);
	screen_glyph(c, byte >= GLYPH_FIRST && byte <= GLYPH_LAST ? byte : '?');
	c->column++;
}

void screen_paint_fault(const struct boot_fb *fb)
{
	uint32_t red = screen_red(fb), side = FAULT_SIZE * screen_scale(fb);

	for (uint32_t y = 0; y < side && y < fb->height; y++)
		for (uint32_t x = 0; x < side && x < fb->width; x++)
			*screen_pixel(fb, x, y) = red;
}
