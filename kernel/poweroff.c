/* SPDX-License-Identifier: MIT */
/*
 * poweroff.c - switch the machine off. The firmware's own way first, as it knows the board;
 * then the CPU's; then ACPI's registers. Whoever succeeds does not return.
 */
#include "lib/console/panic.h"
#include "kernel/firmware/firmware.h"

_Noreturn void poweroff(struct kernel *k)
{
	kernel_stage(k, STAGE_OFF);
	efi_runtime_off(k);
	psci_off(k);
	acpi_off(k);
	panic("cannot power off");
}
