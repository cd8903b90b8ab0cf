/* SPDX-License-Identifier: MIT */
/*
 * reference.h - counters of a PC with a known rate, by which the TSC and the local APIC's timer are
 * measured. They raise no interrupts.
 */
#ifndef REFERENCE_H
#define REFERENCE_H
#include "arch/machine.h"

struct reference {
	const char *name;
	uint64_t hz;
	uint32_t mask;			/* the bits of the counter; it wraps */
	uint32_t over;			/* set in what it reads from its first wrap on; may be 0 */
	uint32_t (*read)(void);
};

/*
 * Start the counter for attempt `i`, from 0, best first. False: the machine lacks it. *last: there
 * are no more attempts.
 */
bool reference_start(const struct machine *m, uint32_t i, struct reference *out, bool *last);

/* Turn off the interrupts of HPET and PIT; finds the HPET. Once, before reference_start(). */
void reference_quiet(const struct machine *m);
#endif
