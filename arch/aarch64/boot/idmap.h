/* SPDX-License-Identifier: MIT */
/* idmap.h - the code that runs across a switch of the MMU. */
#ifndef IDMAP_H
#define IDMAP_H
#include "include/stubborn/boot_info.h"

/* The physical address of an arch_jump() that is identity mapped; 0: there is none. */
uint64_t idmap_jump(const struct boot_info *bi);
#endif
