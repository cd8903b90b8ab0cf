/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the time of day at boot, from firmware or from a PC's CMOS clock. An invalid date gives
 * 0, not a guess.
 */
#ifndef STUB_CLOCK_H
#define STUB_CLOCK_H
#include "lib/base.h"

struct boot_info;
struct efi;

struct clock_date {
	uint32_t year, month, day, hour, minute, second;	/* month and day from 1 */
};

/* Seconds since 1 January 1970, in the date's own time zone; 0 if the date is invalid. Pure. */
uint64_t clock_seconds(const struct clock_date *d);

/* Each sets clock, clock_ticks and clock_source, or leaves them 0. */
void efi_find_clock(const struct efi *e, struct boot_info *info);	/* efi/clock.c */
void rtc_find_clock(struct boot_info *info);				/* raw/rtc.c */
#endif
