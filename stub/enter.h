/* SPDX-License-Identifier: MIT */
/* enter.h - from kernel_entry to kernel_main. */
#ifndef STUB_ENTER_H
#define STUB_ENTER_H
#include "lib/base.h"

struct boot_info;

/* The kernel's .init_array (ELF gABI chapter 5), relocated; bounds from lds/image.lds.S. */
extern void (*const __init_array_start[])(void);
extern void (*const __init_array_end[])(void);

/* Runs the constructors if the kernel wants them, then kernel_main. Called once. */
_Noreturn void kernel_enter(struct boot_info *bi);
#endif
