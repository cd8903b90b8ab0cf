/* SPDX-License-Identifier: MIT */
/* entropy.c - which random data is trusted, and what it is used for. Pure but for arch_random(). */
#include "stub/entropy.h"
#include "arch/boot.h"
#include "lib/string.h"
#include "stub/draft.h"

#define SEED_MAX	512	/* no loader passes more; limits what a bogus size wipes */

/*
 * Some generators report success but return all ones (RDRAND of AMD's families 15h and 16h after a
 * suspend), all zeros, or only part of what was asked for. Good 64-bit words do not equal their
 * neighbour or the first word by chance.
 */
bool entropy_healthy(const uint64_t word[ENTROPY_WORDS])
{
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		if (!word[i] || !~word[i] ||
		    (i && (word[i] == word[i - 1] || word[i] == word[0])))
			return false;
	return true;
}

/* Every bit of x affects every bit of the result: MurmurHash3's 64-bit finaliser. */
static uint64_t entropy_mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
	return x ^ x >> 33;
}

/*
 * Refuse a seed that repeats a few bytes: zeros remain of a seed that was wiped after use, ones
 * come from a generator that is stuck.
 */
static bool seed_sound(const uint8_t *p, uint32_t size)
{
	if (size < 2)
		return size && p[0] && p[0] != UINT8_MAX;
	for (uint32_t period = 1; period <= size / 2; period++)
		if (p[0] == p[period] && !memcmp(p, p + period, size - period))
			return false;
	return true;
}

/*
 * Each word depends on the whole seed, in a different way. This need not be a cryptographic hash:
 * the addresses reveal only about twenty bits.
 */
void entropy_add(struct draft *d, const void *seed, uint32_t size)
{
	const uint8_t *p = seed, *const end = p + size;

	if (!seed_sound(seed, size))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++)
		d->entropy[i] += i;
	while (p < end) {
		uint64_t bytes = 0;		/* eight, or what is left */

		for (uint32_t i = 0; i < sizeof(bytes) && p < end; i++)
			bytes = bytes << 8 | *p++;
		for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++)
			d->entropy[i] = entropy_mix(d->entropy[i] ^ bytes);
	}
	d->have_entropy = true;
	d->info.seed_len = MIN((uint32_t)sizeof(d->info.seed), d->info.seed_len + size);
}

void entropy_take(struct draft *d, void *seed, uint32_t size)
{
	size = MIN(size, SEED_MAX);
	entropy_add(d, seed, size);
	memset(seed, 0, size);
	arch_clean((uint64_t)seed, size);	/* wipe it in memory, not just in the cache */
}

/*
 * The kernel knows the seed, and addresses reveal the other words. The words kept cannot be
 * computed from only one of these, and reveal neither.
 */
void entropy_keep(const struct draft *d, uint64_t *out, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = !d->have_entropy ? 0 :
			 entropy_mix(d->entropy[ENTROPY_PLACE + i] ^ d->entropy[ENTROPY_SEED + i]);
}

void entropy_complete(struct draft *d)
{
	if (!d->have_entropy) {
		d->have_entropy = true;
		for (uint32_t i = 0; i < ARRAY_SIZE(d->entropy); i++)
			d->have_entropy &= arch_random(&d->entropy[i]);
		d->have_entropy = d->have_entropy && entropy_healthy(d->entropy);
	}
	if (d->have_entropy) {
		if (!d->info.seed_len)		/* a loader's seed may be shorter */
			d->info.seed_len = sizeof(d->info.seed);
		memcpy(d->info.seed, &d->entropy[ENTROPY_SEED], sizeof(d->info.seed));
	}
}
