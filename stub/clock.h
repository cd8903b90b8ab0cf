/* SPDX-License-Identifier: MIT */
/*
 * clock.h - the time of day when we boot: from firmware, or from a PC's CMOS clock. What is no
 * date is no time: 0, not a guess.
 */
#ifndef STUB_CLOCK_H
#define STUB_CLOCK_H
#include "lib/base.h"

struct boot_info;
struct efi;

struct clock_date {
	uint32_t year, month, day, hour, minute, second;	/* month and day from 1 */
};

/* Seconds since the first of January 1970, in the date's own zone; 0 if it is no date. Pure. */
uint64_t clock_seconds(const struct clock_date *d);

/* Each fills clock, clock_ticks and clock_source, or leaves them 0. */
void efi_find_clock(const struct efi *e, struct boot_info *info);	/* efi/clock.c */
void rtc_find_clock(struct boot_info *info);				/* raw/rtc.c */
#endif
