/* SPDX-License-Identifier: MIT */
/* base.h - the few macros every file may use. Pure, no state. */
#ifndef BASE_H
#define BASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus	/* g++ knows only C++'s words */
#define _Static_assert static_assert
#define _Noreturn [[noreturn]]
#endif

#define KIB		1024ull
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)
#define PAGE_SIZE	4096ull
#define PAGE_SHIFT	12

#define NOINIT			__attribute__((section(".bss.noinit"))) /* garbage, not zero */
#define MINSIZE			__attribute__((minsize)) /* compile for size in a file for speed */
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(x, a)	((x) & ~((uint64_t)(a) - 1))
#define ALIGN_UP(x, a)		ALIGN_DOWN((x) + (uint64_t)(a) - 1, a) /* x <= 2^64 - a */
#define PAGES(bytes)		(ALIGN_UP(bytes, PAGE_SIZE) / PAGE_SIZE)

/* For %llx: uint64_t is not unsigned long long on every CPU. */
#define LL(x)		((unsigned long long)(x))

/* Whether [base, base + size) is nowhere above `end`. The sum may overflow. */
static inline bool ends_by(uint64_t base, uint64_t size, uint64_t end)
{
	return base <= end && size <= end - base;
}

/*
 * Whether [a, a + a_size) and [b, b + b_size) have a byte in common; an empty one inside the other
 * counts as if it had. Neither may wrap around.
 */
static inline bool ranges_overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a - b < b_size || b - a < a_size;
}

/* Arguments are evaluated twice, so they must not have side effects. */
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

/* Where [base, base + size) ends; at the last address if it would wrap around. */
static inline uint64_t range_end(uint64_t base, uint64_t size)
{
	return base + MIN(size, UINT64_MAX - base);
}
#endif
