/* SPDX-License-Identifier: MIT */
/* unit.h - for every host test: cmocka, and repeatable random numbers. */
#ifndef UNIT_H
#define UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* For functions that the code under test refers to, but that this test must not call. */
#define UNCALLED(type, name, ...)	type name(__VA_ARGS__) { abort(); }

/* xorshift64*: the same numbers on every machine, so that a failure can be repeated. */
static inline uint64_t rnd(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

static inline uint32_t rnd_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((rnd(state) >> 32) % n);
}

/* Exactly size bytes, so that the sanitizer sees the first one beyond. */
static inline void *exact(size_t size)
{
	void *p = malloc(size ? size : 1);

	assert_non_null(p);
	return p;
}
#endif
