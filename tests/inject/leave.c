/* SPDX-License-Identifier: MIT */
/*
 * leave.c - ExitBootServices. UEFI 2.10, 7.4.6.
 *
 * After its first call the image may call only this and GetMemoryMap: tables_leaving()
 * makes sure that any other call is noticed.
 */
#include "inject.h"

#define OTHER_KEY	0x5555

static uint64_t calls;

void leave_start(void)
{
	calls = 0;
}

efi_status_t EFIAPI leave(void *handle, uint64_t key)
{
	const bool badkey = calls < want(fault_badkey), refuse = calls < want(fault_stale);
	efi_status_t status;

	calls++;
	tables_leaving(false);
	if (want(fault_exit_status))
		return EFI_ERROR_BIT | want(fault_exit_status);
	if ((badkey || refuse) && want(fault_grow))
		pages_grow(want(fault_grow));
	if (badkey)
		return inject.boot->exit_boot_services(handle, key ^ OTHER_KEY);
	if (refuse)
		return EFI_INVALID_PARAMETER;
	status = inject.boot->exit_boot_services(handle, key);
	if (status != EFI_SUCCESS)
		return status;
	tables_leaving(true);
	if (want(fault_live))
		cpu_timer();
	return status;
}
