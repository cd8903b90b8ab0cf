/* SPDX-License-Identifier: MIT */
/* drop.h - drops from EL2 to EL1, for a kernel that wants to run there. */
#ifndef DROP_H
#define DROP_H
#include "arch/jump.h"
#include "lib/base.h"

/* Whether arch_level() asked for EL1 and this is EL2. */
bool drop_wanted(void);

/* Set the physical address of the image that will run: it holds EL2's vectors. */
void drop_into(uint64_t image);

/*
 * Write EL1's registers, and what EL1 needs at EL2; arch_jump then does the ERET. Runs at EL2 in
 * the old translation regime. From here on no exception can be reported.
 */
void drop_prepare(const struct jump_plan *plan);
#endif
