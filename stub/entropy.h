/* SPDX-License-Identifier: MIT */
/* entropy.h - the draft's random words: from firmware, a loader's seed, or the CPU. */
#ifndef STUB_ENTROPY_H
#define STUB_ENTROPY_H
#include "lib/base.h"

struct draft;

/* Words and their uses: none is used twice. */
enum {
	ENTROPY_PLACE,
	ENTROPY_VIRT = ENTROPY_PLACE + 4,
	ENTROPY_SEED,
	ENTROPY_WORDS = ENTROPY_SEED + 4,
};

/* Whether what a generator calls random can be: it is not constant, nor does it repeat. */
bool entropy_sound(const uint64_t word[ENTROPY_WORDS]);

/* The CPU's own entropy if there is none yet; some of it becomes the kernel's seed. */
void entropy_complete(struct draft *d);
#endif
