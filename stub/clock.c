/* SPDX-License-Identifier: MIT */
/* clock.c - seconds since 1970 from a Gregorian date. Pure. */
#include "stub/clock.h"

#define YEAR_FIRST	1970
#define YEAR_LAST	9999		/* UEFI's, 8.3 */
#define DAY_SECONDS	86400
#define DAYS_BEFORE	719468		/* from 1 March of year 0 to 1 January 1970 */

static bool leap(uint32_t year)
{
	return !(year % 4) && (year % 100 || !(year % 400));
}

static uint32_t month_days(uint32_t year, uint32_t month)
{
	if (month == 2)
		return 28 + leap(year);
	return 30 + ((month + month / 8) & 1);	/* 31 days: odd up to July, even from August */
}

uint64_t clock_seconds(const struct clock_date *d)
{
	uint32_t year = d->year, month = d->month, days;

	if (year < YEAR_FIRST || year > YEAR_LAST || month - 1 >= 12 ||
	    d->day - 1 >= month_days(year, month) ||
	    d->hour >= 24 || d->minute >= 60 || d->second >= 60)
		return 0;
	/* let years begin in March, so that a leap day is the last day of the year */
	year -= month <= 2;
	month += month <= 2 ? 9 : -3u;
	days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
	       d->day - 1 - DAYS_BEFORE;
	return (uint64_t)days * DAY_SECONDS + (d->hour * 60 + d->minute) * 60 + d->second;
}
