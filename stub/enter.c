/* SPDX-License-Identifier: MIT */
/*
 * enter.c - the kernel's first C. Runs in the new regime, on the boot stack; from kernel_entry.
 */
#include "stub/enter.h"
#include "include/stubborn/kernel.h"
#include "lib/console/panic.h"

void kernel_enter(struct boot_info *bi)
{
	/* in order; bounds by the linker script */
	if (kernel_wants.size >= offsetof(struct kernel_wants, flags) + sizeof(uint32_t) &&
	    kernel_wants.flags & KERNEL_CONSTRUCTORS)
		for (void (*const *f)(void) = __init_array_start; f < __init_array_end; f++)
			(*f)();
	kernel_main(bi);
	panic_returned();
}
