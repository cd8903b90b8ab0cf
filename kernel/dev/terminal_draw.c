/* SPDX-License-Identifier: MIT */
/* terminal_draw.c - see terminal_draw.h. Each pixel that changes is written once; none is read. */
#include "kernel/dev/terminal_draw.h"
#include "lib/console/screen.h"
#include "lib/string.h"

/* The colours of xterm, 0xRRGGBB. */
static const uint32_t palette[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x5c5cff, 0xcd00cd, 0x00cdcd, 0xc0c0c0,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x7f7fff, 0xff00ff, 0x00ffff, 0xffffff,
};

/* 8 bits of a colour, into the place that the mask names. */
static uint32_t masked(uint32_t value, uint32_t mask)
{
	uint32_t shift;

	if (!mask)
		return 0;
	shift = (uint32_t)__builtin_ctz(mask);
	return (uint32_t)((uint64_t)value * (mask >> shift) / 0xff) << shift & mask;
}

static uint32_t pixel_of(const struct boot_fb *fb, uint32_t rgb)
{
	const uint32_t red = rgb >> 16, green = rgb >> 8 & 0xff, blue = rgb & 0xff;

	switch (fb->format) {
	case BOOT_FB_XRGB8888:
		return rgb;
	case BOOT_FB_XBGR8888:
		return blue << 16 | green << 8 | red;
	default:
		return masked(red, fb->red_mask) | masked(green, fb->green_mask) |
		       masked(blue, fb->blue_mask);
	}
}

static uint32_t *pixel_at(const struct terminal *t, uint32_t x, uint32_t y)
{
	return (uint32_t *)(t->fb.mem.base + (uint64_t)y * t->fb.stride) + x;
}

void terminal_clear(struct terminal *t)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(palette); i++)
		t->colours[i] = pixel_of(&t->fb, palette[i]);
	for (uint32_t y = 0; y < t->fb.height; y++)
		memset(pixel_at(t, 0, y), 0, t->fb.width * sizeof(uint32_t));
}

/* One row of a glyph, `scale` times as wide and high: the pixels whose bits are in `changed`. */
static void draw_bits(const struct terminal *t, uint32_t *pixel, uint8_t bits, uint32_t changed,
		      struct cell cell)
{
	const uint32_t text = t->colours[cell.look & 0xf], ground = t->colours[cell.look >> 4];

	while (changed) {
		const uint32_t bit = 31 - (uint32_t)__builtin_clz(changed);
		const uint32_t colour = bits >> bit & 1 ? text : ground;
		uint32_t *at = pixel + (GLYPH_WIDTH - 1 - bit) * t->scale;

		changed ^= 1u << bit;
		for (uint32_t y = 0; y < t->scale; y++) {
			for (uint32_t x = 0; x < t->scale; x++)
				at[x] = colour;
			at = (uint32_t *)((uint64_t)at + t->fb.stride);
		}
	}
}

/*
 * A glyph at scale 1, two pixels per store; `pair` is indexed by two bits of a glyph. `all` has a
 * bit for each pixel of a line that is written even if the glyphs agree on it.
 */
static __attribute__((noinline)) void draw_pairs(uint64_t *pixel, uint32_t stride,
						 const uint8_t *was, const uint8_t *is,
						 uint32_t all, const uint64_t pair[4])
{
	const uint8_t *const end = is + GLYPH_HEIGHT;

	for (; is != end; was++, is++, pixel = (uint64_t *)((uint64_t)pixel + stride)) {
		const uint32_t bits = *is, changed = (*was ^ bits) | all;

		if (!changed)
			continue;
		if (changed & 0xc0)
			pixel[0] = pair[bits >> 6];
		if (changed & 0x30)
			pixel[1] = pair[bits >> 4 & 3];
		if (changed & 0x0c)
			pixel[2] = pair[bits >> 2 & 3];
		if (changed & 0x03)
			pixel[3] = pair[bits & 3];
	}
}

static void draw_cell(const struct terminal *t, uint32_t row, uint32_t column, struct cell was,
		      struct cell is)
{
	const uint8_t *old = screen_font(was.ch);
	const uint8_t *new = screen_font(is.ch);
	uint32_t *pixel = pixel_at(t, column * GLYPH_WIDTH * t->scale,
				   row * GLYPH_HEIGHT * t->scale);
	const uint32_t all = was.look >> 4 == is.look >> 4 ? 0 : 0xff;
	/* another colour changes the pixels that have it, before and after */
	const uint32_t both = was.look == is.look ? 0 : 0xff;
	const uint64_t text = t->colours[is.look & 0xf], ground = t->colours[is.look >> 4];
	const uint64_t pair[4] = {
		ground << 32 | ground, text << 32 | ground, ground << 32 | text, text << 32 | text,
	};

	if (t->scale == 1 && !(((uint64_t)pixel | t->fb.stride) % sizeof(*pair)) &&
	    (all || !both || was.ch == ' ')) {
		draw_pairs((uint64_t *)pixel, t->fb.stride, old, new, all, pair);
		return;
	}
	for (uint32_t line = 0; line < GLYPH_HEIGHT; line++) {
		draw_bits(t, pixel, new[line], (old[line] ^ new[line]) | (old[line] & both) | all,
			  is);
		pixel = (uint32_t *)((uint64_t)pixel + (uint64_t)t->fb.stride * t->scale);
	}
}

static void draw_row(struct terminal *t, uint32_t row)
{
	const struct cell *want = &t->want[(t->top + row) % t->rows * t->pitch];
	struct cell *shown = &t->shown[row * t->pitch];

	for (uint32_t i = 0; i < t->columns; i++) {
		if (i % CELLS_A_WORD == 0 &&
		    *(const uint64_t *)&want[i] == *(const uint64_t *)&shown[i]) {
			i += CELLS_A_WORD - 1;
			continue;
		}
		if (want[i].ch == shown[i].ch && want[i].look == shown[i].look)
			continue;
		draw_cell(t, row, i, shown[i], want[i]);
		shown[i] = want[i];
	}
}

void terminal_draw(struct terminal *t)
{
	struct cell *cell = &t->want[(t->top + t->row) % t->rows * t->pitch +
				     MIN(t->column, t->columns - 1)];
	const struct cell plain = *cell;

	cell->look = (uint8_t)(plain.look << 4 | plain.look >> 4);
	t->first = MIN(t->first, MIN(t->cursor, t->row));
	t->last = MAX(t->last, MAX(t->cursor, t->row));
	for (uint32_t row = t->first; row <= t->last; row++)
		draw_row(t, row);
	*cell = plain;
	t->cursor = t->row;
	t->first = t->rows;
	t->last = 0;
}
