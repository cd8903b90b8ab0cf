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

/*
 * A loader's seed, if there is one that does not repeat itself: spread over draft.entropy, its
 * size noted in draft.info.seed_len. May be called more than once, all of it counts.
 */
void entropy_add(struct draft *d, const void *seed, uint32_t size);

/* The same of its first 512 bytes, which are wiped so that nothing finds them later. */
void entropy_take(struct draft *d, void *seed, uint32_t size);

/* The CPU's own entropy if there is none yet; some of it becomes the kernel's seed. */
void entropy_complete(struct draft *d);
#endif
