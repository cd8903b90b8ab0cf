/* SPDX-License-Identifier: MIT */
/* entropy.c - what is believed to be random, and what becomes of it. Pure but for the CPU's own. */
#include "stub/entropy.h"
#include "arch/boot.h"
#include "lib/string.h"
#include "stub/draft.h"

#define SEED_MAX	512	/* nobody passes more; a size that is nonsense wipes no more */

/*
 * Generators were seen to report success and give all ones (RDRAND of AMD's families 15h and 16h
 * after a suspend), nothing but zeros, or no more than a part of what was asked for. No word of 64
 * bits is like its neighbour or comes again by chance.
 */
bool entropy_sound(const uint64_t word[ENTROPY_WORDS])
{
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		if (!word[i] || !~word[i] ||
		    (i && (word[i] == word[i - 1] || word[i] == word[0])))
			return false;
	return true;
}

/* Every bit of x reaches every bit of the result: the finaliser of MurmurHash3, 64 bits. */
static uint64_t entropy_mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
	return x ^ x >> 33;
}

/*
 * Not a few bytes again and again: zeros are what is left of a seed that was wiped after use, ones
 * what a loader got from a generator that is stuck.
 */
static bool seed_sound(const uint8_t *p, uint32_t size)
{
	if (size < 2)
		return size && p[0] && p[0] != UINT8_MAX;
	for (uint32_t period = 1; period <= size / 2; period++)
		if (!memcmp(p, p + period, size - period))
			return false;
	return true;
}

/*
 * Each word depends on the whole seed, and differently. It does not have to be a cryptographic
 * hash: whoever learns the places learns some twenty bits.
 */
void entropy_add(struct draft *d, const void *seed, uint32_t size)
{
	const uint8_t *p = seed;

	if (!seed_sound(seed, size))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++) {
		uint64_t word = d->entropy[i] + i;

		for (uint32_t k = 0; k < size; k++) {
			word = (word << 8 | word >> 56) ^ p[k];
			if (k % 8 == 7 || k + 1 == size)
				word = entropy_mix(word);
		}
		d->entropy[i] = word;
	}
	d->have_entropy = true;
	d->info.seed_len = MIN((uint32_t)sizeof(d->info.seed), d->info.seed_len + size);
}

void entropy_take(struct draft *d, void *seed, uint32_t size)
{
	size = MIN(size, SEED_MAX);
	entropy_add(d, seed, size);
	memset(seed, 0, size);
	arch_clean((uint64_t)seed, size);	/* a cache may still know it */
}

void entropy_complete(struct draft *d)
{
	if (!d->have_entropy) {
		d->have_entropy = true;
		for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++)
			d->have_entropy &= arch_random(&d->entropy[i]);
		d->have_entropy = d->have_entropy && entropy_sound(d->entropy);
	}
	if (d->have_entropy) {
		if (!d->info.seed_len)		/* a loader's seed may be less */
			d->info.seed_len = sizeof(d->info.seed);
		memcpy(d->info.seed, &d->entropy[ENTROPY_SEED], sizeof(d->info.seed));
	}
}
