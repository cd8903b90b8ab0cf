/* SPDX-License-Identifier: MIT */
/*
 * poweroff.c - switches the machine off: first by firmware, which knows the board, then by the CPU,
 * then by ACPI's registers. A method that works does not return.
 */
#include "lib/console/panic.h"
#include "kernel/cpu/stop.h"
#include "kernel/firmware/firmware.h"

static void cpu_off(struct kernel *k)
{
	const struct boot_module *dtb = module_find(k, BOOT_MODULE_DTB);

	arch_off(acpi_find_fadt(k), NULL, 0);
	if (dtb)
		arch_off(NULL, memory_at(&k->memory, dtb->mem.base), dtb->mem.size);
}

_Noreturn void poweroff(struct kernel *k)
{
	kernel_stage(k, STAGE_OFF);
	(void)cpus_stop();
	efi_runtime_off(k);
	cpu_off(k);
	acpi_off(k);
	panic("cannot power off");
}
