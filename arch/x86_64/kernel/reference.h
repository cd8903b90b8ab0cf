/* SPDX-License-Identifier: MIT */
/*
 * reference.h - counters of a PC that go at a known rate: what the TSC and the local APIC's timer
 * are compared with. They interrupt nobody.
 */
#ifndef REFERENCE_H
#define REFERENCE_H
#include "arch/machine.h"

struct reference {
	const char *name;
	uint64_t hz;
	uint32_t mask;			/* the bits that count */
	uint32_t (*read)(void);
};

/* Number `i`, the best first, started; false: this machine has it not. *last: there is no other. */
bool reference_start(const struct machine *m, uint32_t i, struct reference *out, bool *last);

/* The HPET's and PIT's interrupts off, whether they are used or not. */
void reference_quiet(const struct machine *m);
#endif
