/* SPDX-License-Identifier: MIT */
/*
 * A kernel that says hello on the serial port and on the screen. Interrupts are masked, the stack
 * is 16 KiB, .bss is zero; include/stubborn/README.md says what else it may rely on.
 */
#include "stubborn/kernel.h"
#include "lib/console/console.h"

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .name = "hello" };

static uint64_t free_memory(const struct boot_info *bi)
{
	const struct boot_mem *map = (void *)(bi->memmap.base + bi->direct_map);
	uint64_t sum = 0;

	for (uint64_t i = 0; i < bi->memmap.size / sizeof(*map); i++)
		if (map[i].type == BOOT_MEM_FREE || map[i].type == BOOT_MEM_RECLAIM)
			sum += map[i].size;
	return sum;
}

void kernel_main(struct boot_info *bi)
{
	console_serial(&bi->uart, bi->direct_map);
	console_screen(&bi->fb, bi->direct_map);
	console_print("hello: %llu MiB are free\n",
		      (unsigned long long)free_memory(bi) >> 20);
	for (;;)
		;
}
