/* SPDX-License-Identifier: MIT */
/*
 * commands.c - the table of commands: what help prints, Tab completes and docs/monitor.md lists.
 */
#include "monitor.h"
#include "lib/console/console.h"
#include "lib/string.h"

const struct command commands[] = {
	{ "acpi", "[SIGNATURE]", "ACPI's tables, or what is in one of them", 0, command_acpi },
	{ "again", "[WORDS]", "boot once more, with this command line", 0, command_again },
	{ "cpus", "[N]", "the CPUs; or N operations on what they share, checked", 0,
	  command_cpus },
	{ "crash", "KIND [CPU]", "take a fault on purpose, to see its report", 0, command_crash },
	{ "dump", "ADDR [SIZE]", "memory in hexadecimal and as text", 0, command_dump },
	{ "efivar", "[NAME [TEXT|0xBYTES]]", "UEFI's variables; one; write one, 0x deletes it", 0,
	  command_efivar },
	{ "fdt", "[PATH]", "the device tree, or what is below one node", 0, command_fdt },
	{ "fill", "ADDR SIZE VALUE", "write one byte value to a range", COMMAND_ALTERS,
	  command_fill },
	{ "find", "ADDR SIZE TEXT|0xBYTES", "where a text or bytes occur in memory", 0,
	  command_find },
	{ "help", "[COMMAND]", "all commands, or one", 0, command_help },
	{ "info", "", "the boot report again", 0, command_info },
	{ "initrd", "[NAME]", "files of the initrd (newc), or one file's content", 0,
	  command_initrd },
	{ "input", "", "what can be typed at, and errors there", 0, command_input },
	{ "irq", "", "the interrupt controller, and what it has sent", 0, command_irq },
	{ "log", "[LINES]", "what was printed last", 0, command_log },
	{ "mem", "", "the memory map, as a bar and as a list", 0, command_mem },
	{ "memtest", "[PASSES] [BASE-END]", "test all RAM, that of the kernel by moving it", 0,
	  command_memtest },
	{ "pci", "[ports]", "devices on PCI buses, by ECAM if there is one", 0, command_pci },
	{ "peek", "ADDR [1|2|4|8]", "read memory", 0, command_peek },
	{ "poke", "ADDR VALUE [1|2|4|8]", "write memory", COMMAND_ALTERS, command_poke },
	{ "poweroff", "", "switch the machine off", 0, command_poweroff },
	{ "pt", "", "what the page tables map, with permissions", 0, command_pt },
	{ "reboot", "[efi|acpi|cpu]", "start the machine again, by any way or this one", 0,
	  command_reboot },
	{ "regs", "", "system registers, their bits by name", 0, command_regs },
	{ "selftest", "", "check the boot's promises; overwrites free memory", 0,
	  command_selftest },
	{ "smbios", "", "what the manufacturer says the machine is", 0, command_smbios },
	{ "time", "", "firmware's time, the time since boot, the clock", 0, command_time },
	{ "timeline", "", "how long each stage of the boot took", 0, command_timeline },
	{ "walk", "ADDR", "how page tables translate an address, level by level", 0,
	  command_walk },
};
const uint32_t commands_count = ARRAY_SIZE(commands);

static void help_line(const struct command *c)
{
	console_print("%s%s%s\t%s\n", c->name, *c->args ? " " : "", c->args, c->help);
}

bool command_help(struct kernel *k, uint32_t n, char **words)
{
	(void)k;
	for (uint32_t i = 0; i < commands_count; i++) {
		if (n > 1 && strcmp(commands[i].name, words[1]) != 0)
			continue;
		help_line(&commands[i]);
		if (n > 1)
			return true;
	}
	return n > 1 ? monitor_error("there is no command \"%s\"", words[1]) : true;
}
