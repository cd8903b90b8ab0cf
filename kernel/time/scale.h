/* SPDX-License-Identifier: MIT */
/*
 * scale.h - from one unit of time to another by a multiplication. Pure.
 *
 * The factor has 32 fractional bits, and products have 128 bits: no count overflows before its
 * result does. Its relative error is below 2^-31 for 500 MHz and less, 2^-28 for 4 GHz.
 */
#ifndef KERNEL_SCALE_H
#define KERNEL_SCALE_H
#include "lib/base.h"

#define SCALE_BITS	32
#define NS_PER_S	1000000000ull

__extension__ typedef unsigned __int128 scale_wide;

/*
 * The factor by which a count of units of which there are `from` in a second becomes one of units
 * of which there are `to`, truncated. Neither is 0, one of both is below 2^32, and `to` is below
 * 2^32 times `from`.
 */
static inline uint64_t scale_of(uint64_t to, uint64_t from)
{
	return (to / from << SCALE_BITS) + (to % from << SCALE_BITS) / from;
}

/* Truncated; the result must fit, as nanoseconds of 584 years do. */
static inline uint64_t scale(uint64_t count, uint64_t factor)
{
	return (uint64_t)((scale_wide)count * factor >> SCALE_BITS);
}

/* The same for any count: UINT64_MAX if the result is larger. */
static inline uint64_t scale_limited(uint64_t count, uint64_t factor)
{
	const scale_wide wide = (scale_wide)count * factor >> SCALE_BITS;

	return wide > UINT64_MAX ? UINT64_MAX : (uint64_t)wide;
}
#endif
