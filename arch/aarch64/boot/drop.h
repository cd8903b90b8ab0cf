/* SPDX-License-Identifier: MIT */
/* drop.h - from EL2 to EL1, for a kernel that wants to run there. */
#ifndef DROP_H
#define DROP_H
#include "arch/jump.h"
#include "lib/base.h"

/* Whether arch_level() asked for it and this is EL2: at EL1 there is nothing to do. */
bool drop_wanted(void);

/* Physical address of the vectors that EL2 will have, in the image that will run. */
extern uint64_t drop_vectors;

/*
 * Write all that EL1 needs of EL2, and the registers of EL1 itself; for arch_jump, which then
 * leaves. Runs at EL2 under the old translation regime; no exception can be reported any more.
 */
void drop_prepare(const struct jump_plan *plan);
#endif
