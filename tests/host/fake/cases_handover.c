/* SPDX-License-Identifier: MIT */
/* cases_handover.c - what a kernel is given besides: the time. */
#include "tests/host/fake/cases.h"

#define NOW_LOCAL	1795669933	/* 2026-11-26 05:12:13 */

const struct fake_case fake_handover[] = {
	{ "the time, an hour east", .clock = NOW_LOCAL - 3600 },
	{ "the time without a zone", .f = { .clock = CLOCK_NO_ZONE }, .clock = NOW_LOCAL },
	{ "no GetTime", .f = { .clock = CLOCK_NULL }, .clock = CLOCK_ABSENT },
	{ "no runtime services", .f = { .table = TABLE_NO_RUNTIME }, .clock = CLOCK_ABSENT },
	{ "GetTime fails", .f = { .clock = CLOCK_FAILS }, .clock = CLOCK_ABSENT },
	{ "Q-104: GetTime gives zeros", .f = { .clock = CLOCK_ZERO }, .clock = CLOCK_ABSENT },
	{ "Q-104: the 31st of November", .f = { .clock = CLOCK_NO_DAY }, .clock = CLOCK_ABSENT },
	{ "Q-104: a zone of more than a day", .f = { .clock = CLOCK_WILD_ZONE },
	  .clock = CLOCK_ABSENT },
	{ "Q-104: before 1970", .f = { .clock = CLOCK_BEFORE }, .clock = CLOCK_ABSENT },
	{ "Q-104: daylight saving of no known kind", .f = { .clock = CLOCK_ODD },
	  .clock = CLOCK_ABSENT },
};
const uint32_t fake_handover_count = ARRAY_SIZE(fake_handover);
