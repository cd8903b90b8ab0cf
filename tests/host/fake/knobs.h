/* SPDX-License-Identifier: MIT */
/* knobs.h - the numbers in struct faults, one by one. */
#ifndef KNOBS_H
#define KNOBS_H
#include <stddef.h>
#include "tests/host/fake/faults.h"

struct knob {
	size_t offset;
	uint32_t count, step;		/* values: 0, step, ..., (count - 1) * step */
};
extern const struct knob fake_knobs[];
extern const uint32_t fake_knobs_count;
void knob_turn(struct faults *f, uint32_t knob, uint32_t value);
#endif
