/* SPDX-License-Identifier: MIT */
/*
 * enter.c - the first C code in the kernel's regime, on the boot stack. Called by kernel_entry.
 */
#include "stub/enter.h"
#include "include/stubborn/kernel.h"
#include "lib/console/panic.h"

void kernel_enter(struct boot_info *bi)
{
	/* in link order; the bounds are the linker script's */
	if (kernel_wants.size >= offsetof(struct kernel_wants, flags) + sizeof(uint32_t) &&
	    kernel_wants.flags & KERNEL_CONSTRUCTORS)
		for (void (*const *f)(void) = __init_array_start; f < __init_array_end; f++)
			(*f)();
	kernel_main(bi);
	panic_returned();
}
