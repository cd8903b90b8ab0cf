/* SPDX-License-Identifier: MIT */
/*
 * rtc.c - the time from a PC's CMOS clock, if it gives consistent answers. Motorola MC146818.
 *
 * Runs with interrupts off. On a machine without one, reads give all ones, zeros, or a constant
 * byte, none of which is a valid time. Only the index register is written.
 */
#include "stub/clock.h"
#include "arch/boot.h"

#define RTC_INDEX	0x70	/* bit 7 masks NMI: 0, as firmware leaves it */
#define RTC_DATA	0x71
#define RTC_A_UIP	0x80	/* the next second is being written */
#define RTC_B_BINARY	0x04	/* else BCD */
#define RTC_B_24	0x02
#define RTC_D_VALID	0x80	/* the battery is good */
#define RTC_D_ALARM	0x3f	/* the low bits: some chips keep an alarm's date there */
#define RTC_HOUR_PM	0x80
#define RTC_UPDATE	10000	/* reads: over 10 ms on an ISA bus; an update takes 2 ms */
#define RTC_TRIES	4	/* until two readings are equal */

enum {
	RTC_SECOND = 0, RTC_MINUTE = 2, RTC_HOUR = 4, RTC_DAY = 7, RTC_MONTH = 8, RTC_YEAR = 9,
	RTC_A, RTC_B, RTC_C, RTC_D,
	RTC_CENTURY = 0x32,	/* by convention of PCs; not a register of the chip */
};

/* Raw values, in the order of `index` in rtc_read(). */
#define RTC_FIELDS	7
struct rtc {
	uint8_t field[RTC_FIELDS], mode;
};

static uint8_t rtc_in(uint8_t index)
{
	if (!ARCH_PORTS)
		return 0xff;
	arch_port_out8(RTC_INDEX, index);
	return arch_port_in8(RTC_DATA);
}

/* False: the update bit never clears. */
static bool rtc_read(struct rtc *r)
{
	static const uint8_t index[RTC_FIELDS] = {
		RTC_SECOND, RTC_MINUTE, RTC_HOUR, RTC_DAY, RTC_MONTH, RTC_YEAR, RTC_CENTURY,
	};

	for (uint32_t i = 0; rtc_in(RTC_A) & RTC_A_UIP; i++)
		if (i == RTC_UPDATE)
			return false;
	for (uint32_t i = 0; i < RTC_FIELDS; i++)
		r->field[i] = rtc_in(index[i]);
	r->mode = rtc_in(RTC_B);
	return true;
}

static bool rtc_same(const struct rtc *a, const struct rtc *b)
{
	for (uint32_t i = 0; i < RTC_FIELDS; i++)
		if (a->field[i] != b->field[i])
			return false;
	return a->mode == b->mode;
}

/* 100 if it is not a valid number. */
static uint32_t rtc_number(const struct rtc *r, uint8_t byte)
{
	const uint32_t tens = byte >> 4, units = byte & 0xf;

	if (r->mode & RTC_B_BINARY)
		return MIN(byte, 100u);
	return tens > 9 || units > 9 ? 100 : 10 * tens + units;
}

static uint32_t rtc_hour(const struct rtc *r, uint8_t byte)
{
	uint32_t hour;

	if (r->mode & RTC_B_24)
		return rtc_number(r, byte);
	hour = rtc_number(r, byte & (uint8_t)~RTC_HOUR_PM);
	if (hour < 1 || hour > 12)
		return 100;
	return hour % 12 + (byte & RTC_HOUR_PM ? 12 : 0);
}

/* Use the century only if it is plausible: not every machine has it there. */
static uint32_t rtc_year(const struct rtc *r, uint8_t year, uint8_t century)
{
	const uint32_t two = rtc_number(r, year), hundreds = rtc_number(r, century);

	if (two > 99)
		return 0;
	if (hundreds >= 19 && hundreds <= 21)
		return 100 * hundreds + two;
	return two + (two < 70 ? 2000 : 1900);
}

void rtc_find_clock(struct boot_info *info)
{
	struct rtc now, last = { .mode = 0 };
	struct clock_date date;
	uint32_t tries = 0;

	if ((rtc_in(RTC_D) & ~RTC_D_ALARM) != RTC_D_VALID || !rtc_read(&now))
		return;
	do {
		last = now;
		if (tries++ == RTC_TRIES || !rtc_read(&now))
			return;
	} while (!rtc_same(&now, &last));
	date = (struct clock_date){
		.year = rtc_year(&now, now.field[5], now.field[6]),
		.month = rtc_number(&now, now.field[4]), .day = rtc_number(&now, now.field[3]),
		.hour = rtc_hour(&now, now.field[2]), .minute = rtc_number(&now, now.field[1]),
		.second = rtc_number(&now, now.field[0]),
	};
	info->clock = clock_seconds(&date);
	if (!info->clock)
		return;
	info->clock_ticks = arch_counter();
	info->clock_source = BOOT_CLOCK_RTC;
}
