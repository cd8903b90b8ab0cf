/* SPDX-License-Identifier: MIT */
/* clock.c - the fake's GetTime. */
#include "tests/host/fake/fake.h"

efi_status_t clock_get(struct efi_time *time, void *capabilities)
{
	fake_enter("GetTime", false);
	if (capabilities)
		fake_complain("GetTime with capabilities");
	*time = (struct efi_time){
		.year = 2026, .month = 11, .day = 26, .hour = 5, .minute = 12, .second = 13,
		.nanosecond = 999999999, .zone = -60, .daylight = EFI_DAYLIGHT_ALL,
	};
	switch (fake.f.clock) {
	case CLOCK_FAILS:
		return EFI_DEVICE_ERROR;
	case CLOCK_NO_ZONE:
		time->zone = EFI_ZONE_UNKNOWN;
		break;
	case CLOCK_ZERO:
		*time = (struct efi_time){ 0 };
		break;
	case CLOCK_NO_DAY:
		time->day = 31;
		break;
	case CLOCK_WILD_ZONE:
		time->zone = EFI_ZONE_MAX + 1;
		break;
	case CLOCK_BEFORE:	/* in the zone's 1970, and still in UTC's 1969 */
		*time = (struct efi_time){ .year = 1970, .month = 1, .day = 1, .second = 1,
					   .zone = -1 };
		break;
	case CLOCK_ODD:
		time->daylight = 4;
		break;
	}
	return EFI_SUCCESS;
}
