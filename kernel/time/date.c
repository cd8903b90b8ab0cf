/* SPDX-License-Identifier: MIT */
/* date.c - see date.h. Years begin on 1 March, so that a leap day is the last day of its year. */
#include "kernel/time/date.h"

#define DAY_SECONDS	86400u
#define DAYS_BEFORE	719468u		/* from 1 March of year 0 to 1 January 1970 */
#define DAYS_400	146097u		/* in 400 years */
#define DAYS_100	36524u
#define DAYS_4		1461u
#define SECONDS_LAST	253402300799ull	/* the last second of the year 9999 */

void date_from(uint64_t seconds, struct date *out)
{
	const uint64_t all = MIN(seconds, SECONDS_LAST);
	const uint32_t time = (uint32_t)(all % DAY_SECONDS);
	const uint32_t days = (uint32_t)(all / DAY_SECONDS) + DAYS_BEFORE;
	const uint32_t era = days % DAYS_400;		/* day within its 400 years */
	const uint32_t year = (era - era / (DAYS_4 - 1) + era / DAYS_100 - era / (DAYS_400 - 1)) /
			      365;
	const uint32_t day = era - (365 * year + year / 4 - year / 100);
	const uint32_t month = (5 * day + 2) / 153;	/* 0 is March */

	*out = (struct date){
		.year = days / DAYS_400 * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day - (153 * month + 2) / 5 + 1,
		.hour = time / 3600, .minute = time / 60 % 60, .second = time % 60,
	};
}
