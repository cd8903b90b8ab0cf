/* SPDX-License-Identifier: MIT */
/* cpu.c - names for the report of the numbers from arch_cpu_state(). */
#include "arch/boot.h"
#include "arch/kernel.h"

#define KEYBOARD_COMMAND	0x64	/* of the 8042, whose output P20 resets the CPU */
#define KEYBOARD_FULL	0x02	/* status: it has not taken the last byte yet */
#define KEYBOARD_RESET	0xfe	/* a pulse on P20 */
#define CHIPSET_RESET	0xcf9	/* RST_CNT of Intel's chipsets and compatible ones */
#define CHIPSET_HARD	0x02	/* SYS_RST: reset the whole machine, not only the CPU */
#define CHIPSET_NOW	0x04	/* RST_CPU: its change from 0 to 1 resets */
#define POLLS		100000

const char arch_mode_name[] = "CPL";
const char arch_found[BOOT_FOUND][8] = { "cr0", "cr4", "efer", "apic", "svr", "pic" };

static void wait_for(bool (*done)(void))
{
	for (uint32_t i = 0; i < POLLS && !done(); i++)
		;
}

static bool keyboard_ready(void)
{
	return !(arch_port_in8(KEYBOARD_COMMAND) & KEYBOARD_FULL);
}

static bool never(void)
{
	(void)arch_port_in8(KEYBOARD_COMMAND);	/* a microsecond, on real buses */
	return false;
}

/* Try the keyboard controller, the chipset, and a triple fault. */
void arch_reset(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none;

	(void)fadt;
	(void)dtb;
	(void)dtb_size;
	wait_for(keyboard_ready);
	arch_port_out8(KEYBOARD_COMMAND, KEYBOARD_RESET);
	wait_for(never);
	arch_port_out8(CHIPSET_RESET, CHIPSET_HARD);
	arch_port_out8(CHIPSET_RESET, CHIPSET_HARD | CHIPSET_NOW);
	wait_for(never);
	__asm__ volatile("lidt %0\n\tint3" :: "m"(none));
}

/* A PC can only be switched off by its chipset, through ACPI: power_off() does that. */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	(void)fadt;
	(void)dtb;
	(void)dtb_size;
}
