/* SPDX-License-Identifier: MIT */
/* cmd_pci.c - pci: all functions on all buses, by ECAM or else by a PC's ports. */
#include "monitor.h"
#include "kernel/dev/pci.h"
#include "kernel/firmware/firmware.h"
#include "lib/console/console.h"
#include "lib/string.h"

/* Base classes, PCI Code and ID Assignment 1.15, 1.1 */
static const char classes[][16] = {
	"old", "storage", "network", "display", "multimedia", "memory", "bridge", "communication",
	"system", "input", "docking", "processor", "serial bus", "wireless", "intelligent",
	"satellite", "encryption", "signal", "accelerator", "instrument",
};

static void name_print(const struct pci_function *f)
{
	console_print("%04x:%02x:%02x.%x", f->space->segment, f->bus, f->device, f->function);
}

static void bars_print(const struct pci_function *f)
{
	struct pci_bar bar;
	uint32_t n;

	for (uint32_t i = 0; (n = pci_bar(f, i, &bar)); i += n) {
		if (!bar.address)
			continue;
		console_print("  bar %u: %s 0x%llx", i, bar.io ? "io" : "memory", LL(bar.address));
		if (bar.size)
			console_print(" size 0x%llx", LL(bar.size));
		console_print("%s%s\n", bar.wide ? " 64-bit" : "",
			      bar.prefetch ? " prefetchable" : "");
	}
}

static bool function_print(const struct pci_function *f, void *cookie)
{
	const uint32_t base = PCI_CLASS(f) >> 16, command = PCI_COMMAND(f);
	bool *stopped = cookie;

	name_print(f);
	console_print(" %04x:%04x class %06x %s, revision %02x%s%s%s\n", PCI_VENDOR(f),
		      PCI_DEVICE(f), PCI_CLASS(f),
		      base < ARRAY_SIZE(classes) ? classes[base] : "other", PCI_REVISION(f),
		      command & PCI_COMMAND_IO ? ", io" : "",
		      command & PCI_COMMAND_MEMORY ? ", memory" : "",
		      command & PCI_COMMAND_MASTER ? ", master" : "");
	bars_print(f);
	if (PCI_TYPE(f) == PCI_TYPE_BRIDGE)
		console_print("  buses %02x to %02x\n", PCI_SECONDARY(f), PCI_SUBORDINATE(f));
	*stopped = monitor_stopped();
	return !*stopped;
}

static void odd_print(const struct pci_function *f, const char *what, void *cookie)
{
	(void)cookie;
	console_print("  error: ");
	if (f) {
		name_print(f);
		console_print(": ");
	}
	console_print("%s\n", what);
}

/* False if a key stopped it. */
static bool space_print(const struct kernel *k, const struct pci_space *s)
{
	bool stopped = false;
	const struct pci_visitor visitor = {
		function_print, odd_print, &stopped,
		.sizes = !(k->bi->flags & BOOT_SECURE_BOOT),	/* then nothing may be written */
	};

	if (s->ports)
		console_print("by ports\n");
	else
		console_print("ECAM 0x%llx, segment %04x, buses %02x to %02x\n", LL(s->base),
			      s->segment, s->first, s->last);
	pci_scan(s, &visitor);
	return !stopped;
}

/* Print the spaces in MCFG. False if there is none; *ok becomes false if a key stopped it. */
static bool spaces_acpi(struct kernel *k, bool *ok)
{
	const struct acpi_header *mcfg = acpi_find_table(k, ACPI_SIGNATURE('M', 'C', 'F', 'G'));
	struct pci_space s;
	uint32_t i = 0;

	for (; *ok && mcfg && pci_space_mcfg(mcfg, i, &s); i++)
		*ok = space_print(k, &s);
	windows_close(&k->windows);
	return i;
}

static bool spaces_tree(struct kernel *k, bool *ok)
{
	const struct boot_module *m = module_find(k, BOOT_MODULE_DTB);
	struct fdt_node n = { 0 };
	bool any = false;
	struct pci_space s;
	struct fdt f;

	if (!m || fdt_open(&f, memory_at(&k->memory, m->mem.base), m->mem.size) != OK)
		return false;
	for (; *ok && pci_space_tree(&f, &n, &s); any = true)
		*ok = space_print(k, &s);
	return any;
}

bool command_pci(struct kernel *k, uint32_t n, char **words)
{
	const bool ports = n == 2 && !strcmp(words[1], "ports");
	struct pci_space s;
	bool ok = true;

	if (n == 2 && !ports)
		return monitor_error("\"%s\" is not \"ports\"", words[1]);
	if (!ports && (spaces_acpi(k, &ok) || spaces_tree(k, &ok)))
		return ok;
	if (!pci_space_ports(&s))
		return monitor_error(ports ? "nothing answers at the ports" :
				     "no bus by MCFG, device tree or ports");
	return space_print(k, &s);
}
