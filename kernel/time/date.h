/* SPDX-License-Identifier: MIT */
/* date.h - seconds since 1970 as a date. Pure; any time. */
#ifndef KERNEL_DATE_H
#define KERNEL_DATE_H
#include "lib/base.h"

struct date {
	uint32_t year, month, day, hour, minute, second;	/* month and day from 1 */
};

/* Gregorian, without leap seconds; up to the year 9999, and that one's last second for more. */
void date_from(uint64_t seconds, struct date *out);
#endif
