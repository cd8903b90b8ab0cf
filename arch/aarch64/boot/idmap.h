/* SPDX-License-Identifier: MIT */
/* idmap.h - the code that runs across a switch of the MMU. */
#ifndef IDMAP_H
#define IDMAP_H
#include "include/stubborn/boot_info.h"

/* Where an image begins whose idmap_start is mapped at its physical address; 0: nowhere. */
uint64_t idmap_image(const struct boot_info *bi);
#endif
