/* SPDX-License-Identifier: MIT */
/*
 * commands.c - the table of commands: what help prints, Tab completes and docs/monitor.md lists.
 */
#include "monitor.h"
#include "lib/console/console.h"
#include "lib/string.h"

/* X(name, arguments, what it does, READS or ALTERS); no pointers, which would need relocation. */
#define COMMANDS(X) \
	X(acpi, "[SIGNATURE]", "ACPI tables, or one of them", READS) \
	X(again, "[WORD ...]", "boot again, with this command line", READS) \
	X(cpus, "[N]", "the CPUs; or N checked operations on shared state", READS) \
	X(crash, "[KIND [CPU]]", "take a fault on purpose, to see its report", READS) \
	X(dump, "ADDR [SIZE]", "memory in hexadecimal and as text", READS) \
	X(efivar, "[NAME [TEXT|0xBYTES]]", \
	  "UEFI's variables; one; write one, 0x deletes it", READS) \
	X(fdt, "[PATH]", "the device tree, or one node of it", READS) \
	X(fill, "ADDR SIZE VALUE", "fill a range with a byte", ALTERS) \
	X(find, "ADDR SIZE TEXT|0xBYTES", "find text or bytes in memory", READS) \
	X(help, "[COMMAND]", "all commands, or one", READS) \
	X(info, "", "the boot report again", READS) \
	X(initrd, "[NAME]", "files of the initrd (newc), or one of them", READS) \
	X(input, "", "the input devices, and their errors", READS) \
	X(irq, "", "the interrupt controller and its interrupts", READS) \
	X(log, "[LINES]", "what was printed last", READS) \
	X(mem, "", "the memory map, as a bar and as a list", READS) \
	X(memtest, "[PASSES] [BASE-END]", "test all RAM, also the kernel's own", READS) \
	X(pci, "[ports]", "devices on PCI buses, by ECAM if there is one", READS) \
	X(peek, "ADDR [1|2|4|8]", "read memory", READS) \
	X(poke, "ADDR VALUE [1|2|4|8]", "write memory", ALTERS) \
	X(poweroff, "", "switch the machine off", READS) \
	X(pt, "", "what the page tables map, with permissions", READS) \
	X(reboot, "[efi|acpi|cpu]", "restart the machine, by any method or this one", READS) \
	X(regs, "", "system registers, their bits by name", READS) \
	X(selftest, "", "check the boot's promises; overwrites free memory", READS) \
	X(smbios, "", "the machine, as its manufacturer describes it", READS) \
	X(time, "", "firmware's time, time since boot, the clock", READS) \
	X(timeline, "", "how long each stage of the boot took", READS) \
	X(walk, "ADDR", "how an address is translated, level by level", READS)

#define READS	"r"
#define ALTERS	"w"
#define TEXT(name, args, help, kind)	kind #name "\0" args "\0" help "\0"
#define NUMBER(name, ...)		NUMBER_##name,
#define RUN(name, ...)			case NUMBER_##name: return command_##name(k, n, words);

enum { COMMANDS(NUMBER) COMMANDS_COUNT };
static const char texts[] = COMMANDS(TEXT);

bool command_next(struct command *c)
{
	const char *at = c->name ? c->help + strlen(c->help) + 1 : texts;

	c->number = c->name ? c->number + 1 : 0;
	if (c->number == COMMANDS_COUNT)
		return false;
	c->alters = *at == *ALTERS;
	c->name = at + 1;
	c->args = c->name + strlen(c->name) + 1;
	c->help = c->args + strlen(c->args) + 1;
	return true;
}

bool command_named(const char *name, struct command *c)
{
	*c = (struct command){ 0 };
	while (command_next(c))
		if (!strcmp(c->name, name))
			return true;
	return false;
}

/* Whether as many words follow the name as `args` says: those in brackets may be missing. */
static bool fits(const char *args, uint32_t n)
{
	uint32_t least = 0, most = 0;

	for (const char *at = args; *at; at++) {
		if (at != args && at[-1] != ' ')
			continue;
		if (*at == '.')			/* any number */
			return true;
		least += *at != '[';
		most++;
	}
	return least <= n && n <= most;
}

/* A command's own arguments come first, so that they are passed on where they are. */
bool command_run(struct kernel *k, uint32_t n, char **words, const struct command *c)
{
	if (!fits(c->args, n - 1))
		return monitor_error("usage: %s%s%s", c->name, *c->args ? " " : "", c->args);
	switch (c->number) {
		COMMANDS(RUN)
	default:
		return false;
	}
}

static void help_line(const struct command *c)
{
	console_print("%s%s%s\t%s\n", c->name, *c->args ? " " : "", c->args, c->help);
}

bool command_help(struct kernel *k, uint32_t n, char **words)
{
	struct command c = { 0 };

	(void)k;
	if (n > 1 && !command_named(words[1], &c))
		return monitor_error("there is no command \"%s\"", words[1]);
	if (n > 1)
		help_line(&c);
	while (n == 1 && command_next(&c))
		help_line(&c);
	return true;
}
