/* SPDX-License-Identifier: MIT */
/*
 * poweroff.c - switches the machine off or restarts it: first through firmware's runtime services,
 * as firmware knows the board and may have to write something back; then by the CPU's method and by
 * ACPI's, in this order to switch off. A method that works does not return.
 */
#include "lib/console/panic.h"
#include "lib/string.h"
#include "kernel/cpu/stop.h"
#include "kernel/firmware/efi_runtime.h"
#include "kernel/firmware/firmware.h"

/* Call a method of the CPU's: first with what ACPI says, then with the device tree. */
static void by_cpu(struct kernel *k,
		   void (*method)(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size))
{
	const struct boot_module *dtb = module_find(k, BOOT_MODULE_DTB);

	method(power_fadt(kernel_power(k)), NULL, 0);
	if (dtb)
		method(NULL, memory_at(&k->memory, dtb->mem.base), dtb->mem.size);
}

_Noreturn void poweroff(struct kernel *k)
{
	kernel_stage(k, STAGE_OFF);
	(void)cpus_stop();
	efi_reset(EFI_RESET_SHUTDOWN);
	by_cpu(k, arch_off);
	power_off(kernel_power(k));
	panic("cannot power off");
}

bool reboot(struct kernel *k, const char *how)
{
	const bool efi = !how || !strcmp(how, "efi");
	const bool acpi = !how || !strcmp(how, "acpi");
	const bool cpu = !how || !strcmp(how, "cpu");
	const uint32_t before = crumb_trail->stage;

	kernel_stage(k, STAGE_OFF);
	if (efi)
		efi_reset(EFI_RESET_COLD);
	if (acpi)
		power_reset(kernel_power(k));
	if (cpu)
		by_cpu(k, arch_reset);
	stage_undo(before);
	return efi || acpi || cpu;
}
