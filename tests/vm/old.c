/* SPDX-License-Identifier: MIT */
/*
 * old.c - a kernel from the time of boot_info 1.1, built with that header: it accepts its own
 * major version and any size that is not smaller, and finds the fields it knows where they were.
 *
 * Compiled with -include tests/vm/boot_info_1_1.h, whose guard keeps the present header out.
 */
#include "include/stubborn/kernel.h"
#include "lib/console/console.h"

#if BOOT_INFO_MINOR != 1
#error "this is today's header"
#endif

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .name = "old" };

static uint32_t sum(uint64_t base, uint64_t size)
{
	uint32_t n = 0;

	for (uint64_t i = 0; i < size; i++)
		n += ((const uint8_t *)base)[i];
	return n;
}

void kernel_main(struct boot_info *bi)
{
	const struct boot_module *m = (void *)bi->modules.base;

	console_serial(&bi->uart, bi->direct_map);
	if (bi->magic != BOOT_INFO_MAGIC || bi->major != BOOT_INFO_MAJOR ||
	    bi->size < sizeof(*bi))
		console_print("old: refused\n");
	console_print("old: header of %u bytes, told of %u\n", (uint32_t)sizeof(*bi), bi->size);
	console_print("old: command line %s\n", (const char *)bi->cmdline.base);
	for (uint64_t i = 0; i < bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == BOOT_MODULE_INITRD)
			console_print("old: initrd %llu bytes, sum %u\n",
				      (unsigned long long)m[i].mem.size,
				      sum(m[i].mem.base, m[i].mem.size));
	console_print("old: memory %s, seed %u, final %llu\n",
		      bi->memmap.size % sizeof(struct boot_mem) ? "odd" : "whole", bi->seed_len,
		      (unsigned long long)bi->tpm_final);
	console_print("old: done\n");
	for (;;)
		;
}
