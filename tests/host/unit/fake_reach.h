/* SPDX-License-Identifier: MIT */
/* fake_reach.h - what a CPU has mapped, for tests of pointers that come from outside. */
#ifndef FAKE_REACH_H
#define FAKE_REACH_H
#include "include/stubborn/boot_info.h"

struct fake_reach {
	uint64_t top;			/* all below is mapped */
	struct boot_range hole;		/* but this */
};
extern struct fake_reach fake_reach;	/* to begin with: 4 GiB */
#endif
