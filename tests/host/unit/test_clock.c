/* SPDX-License-Identifier: MIT */
/* test_clock.c - dates against the C library's calendar; bad clocks of firmware and of a PC. */
#define _GNU_SOURCE
#include "tests/host/unit/unit.h"
#include <time.h>
#include "stub/clock.h"
#include "stub/stub.h"

static struct boot_info info;

/* ---- the calendar ---- */

static void test_every_day(void **state)
{
	(void)state;
	for (time_t t = 0; t < 253402300800; t += 86400) {	/* up to 9999 */
		const time_t now = t + t % 86399;
		struct tm tm;
		struct clock_date d;

		gmtime_r(&now, &tm);
		d = (struct clock_date){ (uint32_t)tm.tm_year + 1900, (uint32_t)tm.tm_mon + 1,
					 (uint32_t)tm.tm_mday, (uint32_t)tm.tm_hour,
					 (uint32_t)tm.tm_min, (uint32_t)tm.tm_sec };
		if (clock_seconds(&d) != (uint64_t)now)
			fail_msg("%u-%u-%u: %lu", d.year, d.month, d.day, clock_seconds(&d));
	}
}

/* Any small numbers: a date if the C library leaves them as they are. */
static void test_no_date(void **state)
{
	static const uint32_t years[] = { 0, 1969, 1970, 2000, 2023, 2024, 2100, 9999, 10000 };
	static const uint32_t clocks[] = { 0, 23, 24, 59, 60, 61, 1u << 31, UINT32_MAX };

	(void)state;
	for (uint32_t y = 0; y < ARRAY_SIZE(years); y++)
		for (uint32_t m = 0; m <= 13; m++)
			for (uint32_t day = 0; day <= 33; day++) {
				const struct clock_date d = { years[y], m, day, 1, 0, 0 };
				struct tm tm = { .tm_year = (int)years[y] - 1900,
						 .tm_mon = (int)m - 1, .tm_mday = (int)day,
						 .tm_hour = 1 };
				const struct tm was = tm;
				const uint64_t t = (uint64_t)timegm(&tm);
				const bool good = years[y] >= 1970 && years[y] <= 9999 &&
						  tm.tm_mon == was.tm_mon &&
						  tm.tm_mday == was.tm_mday;

				if (clock_seconds(&d) != (good ? t : 0))
					fail_msg("%u-%u-%u", d.year, m, day);
			}
	for (uint32_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		const uint32_t n = clocks[i];
		const struct clock_date h = { 2000, 1, 1, n, 0, 0 }, mi = { 2000, 1, 1, 0, n, 0 },
					s = { 2000, 1, 1, 0, 0, n };

		assert_int_equal(clock_seconds(&h) != 0, n < 24);
		assert_int_equal(clock_seconds(&mi) != 0, n < 60);
		assert_int_equal(clock_seconds(&s) != 0, n < 60);
	}
}

/* ---- firmware's ---- */

static struct efi_time given;
static efi_status_t given_status;

static efi_status_t get_time(struct efi_time *time, void *capabilities)
{
	assert_null(capabilities);
	*time = given;
	return given_status;
}

static struct efi_runtime_services runtime = { .get_time = get_time };
static struct efi_system_table systab = { .runtime = &runtime };
static const struct efi efi = { .systab = &systab };

static uint64_t ask(void)
{
	memset(&info, 0, sizeof(info));
	efi_find_clock(&efi, &info);
	assert_int_equal(info.clock != 0, info.clock_source != BOOT_CLOCK_NONE);
	assert_int_equal(info.clock != 0, info.clock_ticks != 0);
	return info.clock;
}

static void test_zones(void **state)
{
	(void)state;
	given = (struct efi_time){ .year = 2000, .month = 1, .day = 1, .hour = 12 };
	for (int zone = INT16_MIN; zone <= INT16_MAX; zone++) {
		const bool known = zone >= -1440 && zone <= 1440;
		const uint64_t noon = 946728000;

		given.zone = (int16_t)zone;
		if (ask() != (known ? noon + (uint64_t)(60 * zone) : zone == 0x7ff ? noon : 0))
			fail_msg("zone %d: %lu", zone, info.clock);
		if (info.clock)
			assert_int_equal(info.clock_source, known ? BOOT_CLOCK_EFI :
								    BOOT_CLOCK_EFI_LOCAL);
	}
	given.zone = 0;
	given.nanosecond = 1000000000;
	assert_true(!ask());
	given.nanosecond = 0;
	for (uint32_t d = 0; d < 256; d++) {
		given.daylight = (uint8_t)d;
		assert_int_equal(ask() != 0, d < 4);
	}
	given.daylight = 0;
	given_status = EFI_DEVICE_ERROR;
	assert_true(!ask());
	given_status = 1;		/* a warning does not count as success */
	assert_true(!ask());
	given_status = EFI_SUCCESS;
	given = (struct efi_time){ .year = 1970, .month = 1, .day = 1, .zone = -1440, .hour = 23 };
	assert_true(!ask());
}

/* ---- a PC's ---- */

static uint8_t cmos[256], at;
static uint32_t reads, updates;		/* UIP is set in this many reads of register A */
static uint32_t ticking;		/* `ticks` changes in each of this many next reads of it */
static uint8_t ticks;			/* a register: the second's, or another */
static int floats = -1;			/* what every read returns if nothing is there */

uint8_t arch_port_in8(uint16_t port)
{
	assert_int_equal(port, 0x71);
	reads++;
	if (floats >= 0)
		return (uint8_t)floats;
	if (at == 0xa && updates)
		return cmos[at] | (updates--, 0x80);
	if (at == ticks && ticking && ticking--)
		cmos[at] = (uint8_t)(cmos[at] + 1);
	return cmos[at];
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	assert_int_equal(port, 0x70);		/* the index, never the data port */
	assert_true(value < 0x80);
	at = value;
}

static void cmos_set(uint8_t mode, uint8_t century, uint8_t year, uint8_t month, uint8_t day,
		     uint8_t hour, uint8_t minute, uint8_t second)
{
	memset(cmos, 0xee, sizeof(cmos));
	cmos[0] = second;
	cmos[2] = minute;
	cmos[4] = hour;
	cmos[7] = day;
	cmos[8] = month;
	cmos[9] = year;
	cmos[0xa] = 0x26;
	cmos[0xb] = mode;
	cmos[0xd] = 0x80;
	cmos[0x32] = century;
	reads = updates = ticking = ticks = 0;
}

static uint64_t rtc(void)
{
	memset(&info, 0, sizeof(info));
	rtc_find_clock(&info);
	assert_int_equal(info.clock ? BOOT_CLOCK_RTC : BOOT_CLOCK_NONE, info.clock_source);
	assert_int_equal(info.clock != 0, info.clock_ticks != 0);
	return info.clock;
}

#define NOON	1709208000u	/* 2024-02-29 12:00:00 */

static void test_rtc_forms(void **state)
{
	(void)state;
	cmos_set(0x02, 0x20, 0x24, 0x02, 0x29, 0x12, 0, 0);
	assert_true(rtc() == NOON);
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	assert_true(rtc() == NOON);
	for (uint8_t hour = 0; hour < 24; hour++) {	/* the 12-hour format, in BCD and binary */
		const uint8_t half = (uint8_t)(hour % 12 ? hour % 12 : 12);
		const uint8_t pm = hour < 12 ? 0 : 0x80;
		const uint64_t want = NOON + 3600ull * hour - 12 * 3600;

		cmos_set(0x04, 20, 24, 2, 29, half | pm, 0, 0);
		assert_true(rtc() == want);
		cmos_set(0x00, 0x20, 0x24, 0x02, 0x29,
			 (uint8_t)(half / 10 << 4 | half % 10) | pm, 0, 0);
		assert_true(rtc() == want);
	}
	cmos_set(0x06, 0xff, 24, 2, 29, 12, 0, 0);	/* no century */
	assert_true(rtc() == NOON);
	cmos_set(0x06, 0, 99, 12, 31, 23, 59, 59);
	assert_true(rtc() == 946684799);
	cmos_set(0x06, 19, 99, 12, 31, 23, 59, 59);
	assert_true(rtc() == 946684799);
	cmos_set(0x06, 21, 24, 2, 29, 12, 0, 0);
	assert_true(rtc() == 4864881600);
	cmos_set(0x06, 22, 24, 2, 29, 12, 0, 0);	/* an implausible century */
	assert_true(rtc() == NOON);
	cmos_set(0x02, 0x19, 0x99, 0x12, 0x31, 0x23, 0x59, 0x59);
	assert_true(rtc() == 946684799);
	cmos_set(0x06, 19, 69, 12, 31, 12, 0, 0);	/* 1969 */
	assert_true(!rtc());
	cmos_set(0x06, 0xff, 70, 1, 2, 0, 0, 0);
	assert_true(rtc() == 86400);
	cmos_set(0x06, 0xff, 69, 1, 1, 0, 0, 0);
	assert_true(rtc() == 3124224000);
}

static void test_rtc_updates(void **state)
{
	static const uint8_t field[] = { 0, 2, 4, 7, 8, 9, 0x32 };

	(void)state;
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	updates = 3000;
	assert_true(rtc() == NOON);
	for (uint32_t more = 0; more < 2; more++) {
		cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
		updates = 10000 + more;
		assert_true(rtc() == (more ? 0 : NOON));
	}
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	updates = UINT32_MAX;			/* for ever: the wait is bounded */
	assert_true(!rtc() && reads < 20000);
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	ticking = 2;				/* it ticks between two reads: read again */
	assert_true(rtc() == NOON + 2);
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	ticking = 4;				/* as often as the code reads again */
	assert_true(rtc() == NOON + 4);
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	ticking = 5;
	assert_true(!rtc());
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	ticking = 50;				/* no clock ticks like that */
	assert_true(!rtc());
	for (uint32_t i = 0; i < ARRAY_SIZE(field); i++) {	/* each of them alone */
		cmos_set(0x06, 20, 24, 2, 12, 12, 0, 0);
		ticks = field[i];
		ticking = 5;
		assert_true(!rtc());
	}
}

static void test_rtc_unsound(void **state)
{
	(void)state;
	for (floats = 0; floats < 256; floats++)
		assert_true(!rtc());
	floats = -1;
	cmos_set(0x06, 20, 24, 2, 29, 12, 0, 0);
	for (uint32_t d = 0; d < 256; d++) {	/* VRT, and the date of an alarm in the low bits */
		cmos[0xd] = (uint8_t)d;
		assert_int_equal(rtc() != 0, d >= 0x80 && d < 0xc0);
	}
	cmos[0xd] = 0x80;
	cmos_set(0x06, 20, 24, 2, 30, 12, 0, 0);
	assert_true(!rtc());
	cmos_set(0x06, 20, 100, 2, 28, 12, 0, 0);
	assert_true(!rtc());
	for (uint32_t i = 0; i < 7; i++) {	/* invalid digits in each register */
		static const uint8_t place[] = { 0, 2, 4, 7, 8, 9, 0x32 };

		cmos_set(0x02, 0x20, 0x24, 0x02, 0x28, 0x12, 0, 0);
		cmos[place[i]] = 0x1a;
		assert_int_equal(rtc() != 0, place[i] == 0x32);
		cmos[place[i]] = 0xa1;
		assert_int_equal(rtc() != 0, place[i] == 0x32);
	}
	for (uint32_t hour = 0; hour < 256; hour++) {
		cmos_set(0x04, 20, 24, 2, 28, (uint8_t)hour, 0, 0);
		assert_int_equal(rtc() != 0, (hour & 0x7f) >= 1 && (hour & 0x7f) <= 12);
		cmos_set(0x06, 20, 24, 2, 28, (uint8_t)hour, 0, 0);
		assert_int_equal(rtc() != 0, hour < 24);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day), cmocka_unit_test(test_no_date),
		cmocka_unit_test(test_zones), cmocka_unit_test(test_rtc_forms),
		cmocka_unit_test(test_rtc_updates), cmocka_unit_test(test_rtc_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
