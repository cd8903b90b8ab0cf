/* SPDX-License-Identifier: MIT */
/* pattern.c - see pattern.h. */
#include "pattern.h"

#define LINE		(ARCH_MEMTEST_PAIR / 2)
#define BYTES		0x0101010101010101ull	/* the lowest bit of each byte */
#define GOLDEN		0x9e3779b97f4a7c15ull

enum { ADDRESS, ZEROS, WALKING, RANDOM, WORDS, LAST, KINDS };

/* The first pass of each kind. */
static const uint8_t first[KINDS + 1] = { 0, 2, 4, 20, 22, 24, MEMTEST_PASSES };

static uint32_t kind_of(uint32_t pass)
{
	uint32_t kind = 0;

	while (pass >= first[kind + 1])
		kind++;
	return kind;
}

/* The finaliser of MurmurHash3 on a Weyl sequence: SplitMix64. */
static uint64_t random_word(uint64_t seed, uint32_t n)
{
	uint64_t z = seed + (n + 1) * GOLDEN;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

struct memtest_pattern pattern_of(uint32_t pass, uint64_t seed)
{
	struct memtest_pattern p = { 0, 0, 0 };
	const uint32_t kind = kind_of(pass);

	switch (kind) {
	case ADDRESS:			/* x: the pair's, y: that of the second word in it */
		p.y = sizeof(p.y);
		p.step = ARCH_MEMTEST_PAIR;
		break;
	case WALKING:
		p.x = BYTES << (pass - first[WALKING]) / 2;
		p.y = ~p.x;
		break;
	case RANDOM:
		p.x = random_word(seed, kind);
		p.y = ~p.x;
		break;
	case WORDS:
		p.x = random_word(seed, kind);
		p.y = random_word(seed, kind + 1);
		p.step = random_word(seed, kind + 2) | 1;	/* odd: x and y do not repeat */
		break;
	default:
		break;
	}
	if (pass % 2) {
		p.x = ~p.x;
		p.y = ~p.y;
		p.step = -p.step;
	}
	return p;
}

struct memtest_pattern pattern_at(const struct memtest_pattern *p, uint64_t pa)
{
	const uint64_t more = pa / ARCH_MEMTEST_PAIR * p->step;

	return (struct memtest_pattern){ p->x + more, p->y + more, p->step };
}

uint64_t pattern_word(const struct memtest_pattern *p, uint64_t pa)
{
	const uint64_t line = pa / LINE, word = pa % LINE / sizeof(uint64_t);

	if ((word ^ word >> 1 ^ word >> 2) & 1)
		return p->y + line / 2 * p->step;
	return p->x + (line + 1) / 2 * p->step;
}

const char *pattern_name(uint32_t pass)
{
	static const char name[KINDS][16] = {
		"own address", "zeros and ones", "walking bits", "random pattern", "random words",
		"last check",
	};

	return name[kind_of(pass)];
}

bool pattern_down(uint32_t pass)
{
	return pass && pass % 2 == 0;
}
