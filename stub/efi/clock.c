/* SPDX-License-Identifier: MIT */
/*
 * clock.c - the time from firmware's GetTime (UEFI 2.10, 8.3), while firmware is there. Afterwards
 * the clock is up to the kernel.
 */
#include "stub/clock.h"
#include "arch/boot.h"
#include "stub/efi/efi.h"

#define NANOSECONDS	1000000000u

void efi_find_clock(const struct efi *e, struct boot_info *info)
{
	const struct efi_runtime_services *runtime = e->systab->runtime;
	struct efi_time t = { 0 };
	struct clock_date date;
	uint64_t seconds;

	if (!runtime || !runtime->get_time || runtime->get_time(&t, NULL) != EFI_SUCCESS)
		return;
	date = (struct clock_date){ t.year, t.month, t.day, t.hour, t.minute, t.second };
	seconds = clock_seconds(&date);
	if (t.nanosecond >= NANOSECONDS || t.daylight & ~EFI_DAYLIGHT_ALL || !seconds)
		return;
	/* the time zone already includes daylight saving */
	if (t.zone != EFI_ZONE_UNKNOWN) {
		if (t.zone < -EFI_ZONE_MAX || t.zone > EFI_ZONE_MAX)
			return;
		seconds += (uint64_t)(60 * t.zone);
		if ((int64_t)seconds <= 0)	/* the first hours of 1970 */
			return;
	}
	info->clock = seconds;
	info->clock_ticks = arch_counter();
	info->clock_source = t.zone == EFI_ZONE_UNKNOWN ? BOOT_CLOCK_EFI_LOCAL : BOOT_CLOCK_EFI;
}
