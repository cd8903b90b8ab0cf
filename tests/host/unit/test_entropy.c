/* SPDX-License-Identifier: MIT */
/* test_entropy.c - which words count as random, how a seed is mixed, what is derived from it. */
#include "tests/host/arch/cpu.h"
#include "tests/host/unit/unit.h"
#include "stub/draft.h"

static struct draft draft;

static void entropy_of(const void *seed, uint32_t size, uint64_t *out)
{
	memset(&draft, 0, sizeof(draft));
	entropy_add(&draft, seed, size);
	memcpy(out, draft.entropy, sizeof(draft.entropy));
}

static void test_entropy(void **state)
{
	uint64_t a[ENTROPY_WORDS], b[ENTROPY_WORDS];
	uint8_t seed[33] = { 0 };
	uint32_t flipped = 0;

	(void)state;
	entropy_of(seed, sizeof(seed), a);
	assert_false(draft.have_entropy);		/* zeros are no seed */
	entropy_of(NULL, 0, a);
	assert_false(draft.have_entropy);
	seed[0] = 1;
	entropy_of(seed, sizeof(seed), a);
	assert_true(draft.have_entropy);
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_true(a[i] != a[k]);
	for (uint32_t bit = 0; bit < 8 * sizeof(seed); bit++) {
		seed[bit / 8] ^= 1 << bit % 8;
		entropy_of(seed, sizeof(seed), b);
		for (uint32_t i = 0; i < ENTROPY_WORDS && bit; i++)
			flipped += (uint32_t)__builtin_popcountll(a[i] ^ b[i]);
		seed[bit / 8] ^= 1 << bit % 8;
	}
	/* half of all bits, on average */
	flipped /= (8 * sizeof(seed) - 1) * ENTROPY_WORDS;
	assert_in_range(flipped, 30, 34);
	entropy_of(seed, 8, b);
	entropy_add(&draft, seed, sizeof(seed));		/* more: all of it counts */
	assert_memory_not_equal(draft.entropy, a, sizeof(a));
	assert_memory_not_equal(draft.entropy, b, sizeof(b));
}

/* Whether a CPU whose generator repeats these words counts as having entropy. */
static bool random_counts(const uint64_t *words, uint32_t n)
{
	memset(&draft, 0, sizeof(draft));
	fake_cpu.random = words;
	fake_cpu.randoms = n;
	fake_cpu.random_at = 0;
	entropy_complete(&draft);
	fake_cpu.random = NULL;
	assert_int_equal(draft.info.seed_len, draft.have_entropy ? 32 : 0);
	return draft.have_entropy;
}

/* a generator that is stuck, from the start or on the way, in a circle or at one value. */
static void test_stuck(void **state)
{
	uint64_t good[ENTROPY_WORDS], bad[ENTROPY_WORDS], seed = 83;
	const uint64_t stuck[] = { 0, UINT64_MAX, 0x5a5a5a5a5a5a5a5a, 4 };

	(void)state;
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		good[i] = rnd(&seed);
	assert_true(random_counts(good, ENTROPY_WORDS));
	for (uint32_t i = 0; i < 2 * ENTROPY_WORDS; i++) {	/* one word of zeros or of ones */
		memcpy(bad, good, sizeof(bad));
		bad[i / 2] = i % 2 ? UINT64_MAX : 0;
		assert_false(random_counts(bad, ENTROPY_WORDS));
	}
	for (uint32_t n = 1; n < ENTROPY_WORDS; n++)
		assert_false(random_counts(good, n));
	for (uint32_t i = 0; i < ARRAY_SIZE(stuck); i++) {
		assert_false(random_counts(&stuck[i], 1));
		for (uint32_t from = 0; from < ENTROPY_WORDS; from++) {
			memcpy(bad, good, sizeof(bad));
			for (uint32_t k = from; k < ENTROPY_WORDS; k++)
				bad[k] = stuck[i];
			assert_int_equal(random_counts(bad, ENTROPY_WORDS),
					 from == ENTROPY_WORDS - 1 && stuck[i] + 1 > 1);
		}
	}
}

/* seeds that repeat one byte or some bytes. */
static void test_stuck_seed(void **state)
{
	uint64_t out[ENTROPY_WORDS], seed = 84;
	uint8_t bytes[64];

	(void)state;
	for (uint32_t size = 2; size <= sizeof(bytes); size++) {
		for (uint32_t period = 1; period <= size; period++) {
			for (uint32_t i = 0; i < size; i++)
				bytes[i] = i < period ? (uint8_t)(i + 1 + (rnd(&seed) & 0x80)) :
							bytes[i - period];
			entropy_of(bytes, size, out);
			assert_int_equal(draft.have_entropy, period > size / 2);
			assert_int_equal(draft.info.seed_len,
					 period > size / 2 ? MIN(size, 32) : 0);
		}
	}
	entropy_of("\0", 1, out);
	assert_false(draft.have_entropy);
	entropy_of("\xff", 1, out);
	assert_false(draft.have_entropy);
	entropy_of("\x21", 1, out);
	assert_true(draft.have_entropy);
}

static void test_seed(void **state)
{
	uint8_t seed[1024];

	(void)state;
	for (uint32_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)(1 + i % 251);
	memset(&draft, 0, sizeof(draft));
	entropy_take(&draft, seed, 8);
	assert_int_equal(draft.info.seed_len, 8);
	assert_true(!seed[0] && !seed[7] && seed[8]);
	assert_true(fake_cpu.cleans == 1 && fake_cpu.clean[0].base == (uint64_t)seed &&
		    fake_cpu.clean[0].size == 8);	/* in memory, too */
	entropy_take(&draft, seed + 8, UINT32_MAX);	/* a size that is garbage */
	assert_true(!seed[519] && seed[520] && seed[1023]);
}

/* MurmurHash3's finaliser, fmix64, of its author's C++. */
static uint64_t fmix64(uint64_t k)
{
	k ^= k >> 33;
	k *= 0xff51afd7ed558ccd;
	k ^= k >> 33;
	k *= 0xc4ceb9fe1a85ec53;
	k ^= k >> 33;
	return k;
}

/* Eight bytes at a time, or what is left, the first one highest. */
static uint64_t model_word(uint64_t word, const uint8_t *p, uint32_t size)
{
	while (size) {
		const uint32_t n = MIN(size, 8);
		uint64_t bytes = 0;

		for (uint32_t i = 0; i < n; i++)
			bytes = bytes << 8 | p[i];
		word = fmix64(word ^ bytes);
		p += n;
		size -= n;
	}
	return word;
}

static void test_mix(void **state)
{
	uint64_t want[ENTROPY_WORDS], kept[5] = { 0, 0, 0, 0, 7 }, seed = 61;
	uint8_t bytes[40];

	(void)state;
	for (uint32_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rnd(&seed);
	for (uint32_t size = 2; size <= sizeof(bytes); size++) {
		memset(&draft, 0, sizeof(draft));
		memset(want, 0, sizeof(want));
		entropy_keep(&draft, kept, 4);
		assert_true(!kept[0] && !kept[1] && !kept[2] && !kept[3] && kept[4] == 7);
		for (uint32_t twice = 0; twice < 2; twice++) {
			entropy_add(&draft, bytes, size);
			for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
				want[i] = model_word(want[i] + i, bytes, size);
			assert_memory_equal(draft.entropy, want, sizeof(want));
		}
		assert_int_equal(draft.info.seed_len, MIN(2 * size, 32));
		entropy_keep(&draft, kept, 4);
		for (uint32_t i = 0; i < 4; i++)
			assert_true(kept[i] == fmix64(want[i] ^ want[5 + i]));
		assert_true(kept[4] == 7);
	}
}

/* The CPU's words are taken as they are, and only if there are no others. */
static void test_complete(void **state)
{
	uint64_t words[ENTROPY_WORDS], seed = 62;

	(void)state;
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		words[i] = rnd(&seed);
	assert_true(random_counts(words, ENTROPY_WORDS));
	assert_memory_equal(draft.entropy, words, sizeof(words));
	assert_memory_equal(draft.info.seed, &words[5], 32);
	entropy_of("a seed", 6, words);
	entropy_complete(&draft);
	assert_memory_equal(draft.entropy, words, sizeof(words));
	assert_memory_equal(draft.info.seed, &words[5], 32);
	assert_int_equal(draft.info.seed_len, 6);
}

/* Two equal words matter only if they are adjacent, or one of them is the first. */
static void test_sound(void **state)
{
	uint64_t words[ENTROPY_WORDS], seed = 63;

	(void)state;
	for (uint32_t i = 0; i < ENTROPY_WORDS; i++)
		for (uint32_t k = 0; k < i; k++) {
			for (uint32_t w = 0; w < ENTROPY_WORDS; w++)
				words[w] = rnd(&seed);
			assert_true(entropy_healthy(words));
			words[i] = words[k];
			assert_int_equal(entropy_healthy(words), k && k + 1 != i);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entropy), cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_stuck_seed), cmocka_unit_test(test_seed),
		cmocka_unit_test(test_mix), cmocka_unit_test(test_complete),
		cmocka_unit_test(test_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
