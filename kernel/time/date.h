/* SPDX-License-Identifier: MIT */
/* date.h - converts seconds since 1970 to a date. Pure; any time. */
#ifndef KERNEL_DATE_H
#define KERNEL_DATE_H
#include "lib/base.h"

struct date {
	uint32_t year, month, day, hour, minute, second;	/* month and day from 1 */
};

/*
 * The Gregorian date, UTC if `seconds` is, without leap seconds. Anything after the year 9999 gives
 * the last second of that year.
 */
void date_from(uint64_t seconds, struct date *out);
#endif
