/* SPDX-License-Identifier: MIT */
/*
 * pci.h - lists functions on PCI and PCIe buses (PCI 3.0 chapter 6; PCIe 6.0, 7.2; PCI Firmware
 * 3.3, 4.1).
 *
 * Covers only the header that every function has. It is only read, unless sizes of BARs are wanted:
 * then the device, which may be in use, does not decode its BARs for a moment, with interrupts
 * masked. Each access is made under trap_try; a function that faults counts as absent. Call it
 * after trap_start() and area_start(), on one CPU at a time.
 */
#ifndef KERNEL_PCI_H
#define KERNEL_PCI_H
#include "lib/acpi.h"
#include "lib/fdt.h"

#define PCI_HEADER	16		/* 32-bit words; ports and ECAM both reach these 64 bytes */
#define PCI_BARS	6

/* A range of buses whose configuration space is accessed in one way. */
struct pci_space {
	uint64_t base;			/* physical address of ECAM for bus 0, even if not in it */
	uint32_t segment;
	uint8_t first, last;		/* buses */
	bool ports;			/* no ECAM: use ports */
};

struct pci_function {
	const struct pci_space *space;
	uint8_t bus, device, function;
	uint32_t header[PCI_HEADER];
	uint32_t mask[PCI_BARS];	/* what a BAR reads after writing all ones; 0: unknown */
};

/* Fields of the header: all types, then type 1. */
#define PCI_VENDOR(f)		((f)->header[0] & 0xffff)
#define PCI_DEVICE(f)		((f)->header[0] >> 16)
#define PCI_COMMAND(f)		((f)->header[1] & 0xffff)
#define PCI_COMMAND_IO		(1u << 0)
#define PCI_COMMAND_MEMORY	(1u << 1)
#define PCI_COMMAND_MASTER	(1u << 2)
#define PCI_REVISION(f)		((f)->header[2] & 0xff)
#define PCI_CLASS(f)		((f)->header[2] >> 8)		/* class, subclass, interface */
#define PCI_TYPE(f)		((f)->header[3] >> 16 & 0x7f)
#define PCI_MULTI(f)		((f)->header[3] >> 23 & 1)	/* has more than function 0 */
#define PCI_TYPE_DEVICE		0
#define PCI_TYPE_BRIDGE		1
#define PCI_SECONDARY(f)	((f)->header[6] >> 8 & 0xff)
#define PCI_SUBORDINATE(f)	((f)->header[6] >> 16 & 0xff)

struct pci_visitor {
	/* Called for each function, in ascending order of buses. False ends the scan. */
	bool (*function)(const struct pci_function *f, void *cookie);
	/*
	 * Called with what is wrong with a bridge or, if f is NULL, with the whole space. May be
	 * NULL.
	 */
	void (*odd)(const struct pci_function *f, const char *what, void *cookie);
	void *cookie;
	bool sizes;			/* determine sizes of BARs, except host bridges' */
};

/*
 * Visit the functions of the first bus and of buses behind bridges, then of buses that no bridge
 * leads to, as there may be several host bridges. No bus is visited twice, whatever bridges claim.
 * Buses that cannot be mapped are left out, and reported as odd. False if the visitor ended the
 * scan.
 */
bool pci_scan(const struct pci_space *s, const struct pci_visitor *v);

/*
 * Space `i`, from 0, of the table MCFG, of which `length` bytes can be read; false if there are
 * fewer.
 */
bool pci_space_mcfg(const struct acpi_header *mcfg, uint32_t i, struct pci_space *out);

/*
 * The next node after *n that is a host bridge with ECAM; false if there is none. *n starts as all
 * zeros.
 */
bool pci_space_tree(const struct fdt *f, struct fdt_node *n, struct pci_space *out);

/* All buses, through a PC's ports; false if this CPU has no ports, or nothing answers. */
bool pci_space_ports(struct pci_space *out);

struct pci_bar {
	uint64_t address, size;		/* bytes; size 0: unknown */
	bool io, wide, prefetch;	/* wide: takes two registers */
};

/*
 * Decode base address register `i`. Returns how many registers it takes, 1 or 2; 0 if this type of
 * header has no such register. A register that is not used has address 0. PCI 3.0, 6.2.5.1.
 */
uint32_t pci_bar(const struct pci_function *f, uint32_t i, struct pci_bar *out);
#endif
