/* SPDX-License-Identifier: MIT */
/* entropy.h - the draft's random words: from firmware, a loader's seed, or the CPU. */
#ifndef STUB_ENTROPY_H
#define STUB_ENTROPY_H
#include "lib/base.h"

struct draft;

/* Words and their uses. No word is used twice. */
enum {
	ENTROPY_PLACE,
	ENTROPY_VIRT = ENTROPY_PLACE + 4,
	ENTROPY_SEED,
	ENTROPY_WORDS = ENTROPY_SEED + 4,
};

/* Whether the words can be random: neither constant nor repeating. */
bool entropy_healthy(const uint64_t word[ENTROPY_WORDS]);

/*
 * Mix a loader's seed into draft.entropy, unless it is empty or repeats itself, and add its size to
 * draft.info.seed_len. May be called more than once: every seed counts.
 */
void entropy_add(struct draft *d, const void *seed, uint32_t size);

/* Likewise with its first 512 bytes, which are then wiped so that they cannot be found later. */
void entropy_take(struct draft *d, void *seed, uint32_t size);

/*
 * Derive `n` words, at most four, that reveal nothing about other uses; 0 if there is no entropy.
 */
void entropy_keep(const struct draft *d, uint64_t *out, uint32_t n);

/* Use the CPU's entropy if there is none yet. Part of the words becomes the kernel's seed. */
void entropy_complete(struct draft *d);
#endif
