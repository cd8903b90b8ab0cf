/* SPDX-License-Identifier: MIT */
/*
 * scale.h - converts units of time by one multiplication. Pure.
 *
 * The factor has 32 fractional bits and the product 128 bits, so it cannot overflow unless the
 * result does. The factor is too small by less than 2^-32: relative to it by 2^-32 * from / to.
 */
#ifndef KERNEL_SCALE_H
#define KERNEL_SCALE_H
#include "lib/base.h"

#define SCALE_BITS	32
#define NS_PER_S	1000000000ull

__extension__ typedef unsigned __int128 scale_wide;

/*
 * The factor for scale() that converts counts at `from` per second to counts at `to` per second,
 * truncated. Neither is 0, at least one of them is below 2^32, and `to` is below 2^32 * `from`.
 */
static inline uint64_t scale_of(uint64_t to, uint64_t from)
{
	return (to / from << SCALE_BITS) + (to % from << SCALE_BITS) / from;
}

/* Convert a count, truncated. The result must fit in 64 bits, as 584 years in nanoseconds do. */
static inline uint64_t scale(uint64_t count, uint64_t factor)
{
	return (uint64_t)((scale_wide)count * factor >> SCALE_BITS);
}

/* The same for any count: UINT64_MAX if the result does not fit. */
static inline uint64_t scale_limited(uint64_t count, uint64_t factor)
{
	const scale_wide wide = (scale_wide)count * factor >> SCALE_BITS;

	return wide > UINT64_MAX ? UINT64_MAX : (uint64_t)wide;
}
#endif
