/* SPDX-License-Identifier: MIT */
/* screen_fits.c - what a framebuffer must be before it is drawn on or passed to the kernel. */
#include "lib/console/screen.h"

bool screen_fits(const struct boot_fb *fb)
{
	uint64_t line = (uint64_t)fb->width * sizeof(uint32_t);

	if (fb->format < BOOT_FB_XRGB8888 || fb->format > BOOT_FB_MASKS)
		return false;
	if (fb->mem.base % sizeof(uint32_t) || fb->stride % sizeof(uint32_t) ||
	    fb->mem.size > UINT64_MAX - fb->mem.base)
		return false;
	if (fb->width < GLYPH_WIDTH || fb->height < GLYPH_HEIGHT || line > fb->stride)
		return false;
	/* The last line may be shorter than a stride. 32-bit products cannot overflow. */
	return fb->mem.size >= line &&
	       (uint64_t)(fb->height - 1) * fb->stride <= fb->mem.size - line;
}
