/* SPDX-License-Identifier: MIT */
/*
 * Third-party code: Debian's stb_truetype draws a line of text on the screen, if there is one, in
 * floating point. The serial port says what was drawn.
 */
#include "stubborn/kernel.h"
#include "lib/console/console.h"
#include "third.h"

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .name = "third", .stack_size = 256 << 10,
};

static uint8_t picture[LINE_WIDTH * LINE_HEIGHT];

static void show(const struct boot_fb *fb, uint64_t offset)
{
	for (uint32_t y = 0; y < LINE_HEIGHT && y < fb->height; y++) {
		uint32_t *line = (void *)(fb->mem.base + offset + (uint64_t)y * fb->stride);

		for (uint32_t x = 0; x < LINE_WIDTH && x < fb->width; x++)
			line[x] = picture[y * LINE_WIDTH + x] * 0x010101u;	/* grey */
	}
}

void kernel_main(struct boot_info *bi)
{
	uint32_t ink = 0, sum = 0;
	char mean[16];
	int width;

	console_serial(&bi->uart, bi->direct_map);
	float_on();
	width = text_draw(picture, "Hamburgefonts");
	if (bi->fb.format != BOOT_FB_NONE)
		show(&bi->fb, bi->direct_map);
	for (uint32_t i = 0; i < sizeof(picture); i++) {
		ink += picture[i] > 127;
		sum += picture[i];
	}
	decimal(mean, sizeof(mean), (double)sum / sizeof(picture));
	console_print("third: %d pixels wide, %u of ink, %s on average\n", width, ink, mean);
	for (;;)
		;
}
