/* SPDX-License-Identifier: MIT */
/*
 * screen.c - the kernel's screen: a terminal with memory of its own. If there is none for it, the
 * simple screen of the stub, which wraps to the top.
 */
#include "kernel/dev/terminal.h"
#include "kernel/kernel.h"
#include "kernel/mm/page.h"
#include "lib/console/console.h"

static struct terminal terminal;

static void screen_write(const char *text, size_t size)
{
	terminal_write(&terminal, text, size);
}

void screen_start(struct kernel *k)
{
	struct boot_fb fb = k->bi->fb;
	uint64_t size, cells = 0;
	uint32_t order = 0;

	fb.mem.base += k->bi->direct_map;
	size = terminal_size(&fb);
	if (!size)
		return;
	while (PAGE_SIZE << order < size)
		order++;
	cells = page_alloc(order, 0);
	if (!cells) {
		console_screen(&k->bi->fb, k->bi->direct_map);
		return;
	}
	terminal_start(&terminal, &fb, memory_at(&k->memory, cells));
	console.screen_on = 1;
	console.screen_write = screen_write;
}
