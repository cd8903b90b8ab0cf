/* SPDX-License-Identifier: MIT */
/* test_date.c - seconds as dates, against the C library, and back by the stub's own function. */
#include <time.h>
#include "tests/host/unit/unit.h"
#include "kernel/time/date.h"
#include "stub/clock.h"

#define LAST	253402300799ull

static void check(uint64_t seconds)
{
	const time_t t = (time_t)seconds;
	struct clock_date back;
	struct date d;
	struct tm tm;

	date_from(seconds, &d);
	assert_non_null(gmtime_r(&t, &tm));
	assert_int_equal(d.year, tm.tm_year + 1900);
	assert_int_equal(d.month, tm.tm_mon + 1);
	assert_int_equal(d.day, tm.tm_mday);
	assert_int_equal(d.hour, tm.tm_hour);
	assert_int_equal(d.minute, tm.tm_min);
	assert_int_equal(d.second, tm.tm_sec);
	back = (struct clock_date){ d.year, d.month, d.day, d.hour, d.minute, d.second };
	assert_int_equal(clock_seconds(&back), seconds);
}

/* Both ends of every day that there is. */
static void test_days(void **state)
{
	struct date d;

	(void)state;
	for (uint64_t day = 0; day <= LAST / 86400; day++) {
		check(86400 * day);
		check(86400 * day + 86399);
	}
	date_from(UINT64_MAX, &d);
	assert_true(d.year == 9999 && d.month == 12 && d.day == 31 && d.second == 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_days) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
