/* SPDX-License-Identifier: MIT */
/*
 * pci.h - what is on PCI and PCIe buses (PCI 3.0 chapter 6; PCIe 6.0, 7.2; PCI Firmware 3.3, 4.1).
 *
 * Only the header that every function has. It is only read, unless sizes of BARs are asked for:
 * then the device, which may be in use, has no registers for a moment, interrupts masked. Each
 * access is made under trap_try; a function that faults is absent. After trap_start() and
 * area_start(), on one CPU at a time.
 */
#ifndef KERNEL_PCI_H
#define KERNEL_PCI_H
#include "lib/acpi.h"
#include "lib/fdt.h"

#define PCI_HEADER	16		/* words: 64 bytes, the same by every way in */
#define PCI_BARS	6

/* Buses whose configuration space is reached in one way. */
struct pci_space {
	uint64_t base;			/* ECAM, physical, of bus 0, even if that is not in it */
	uint32_t segment;
	uint8_t first, last;		/* buses */
	bool ports;			/* no ECAM: by ports */
};

struct pci_function {
	const struct pci_space *space;
	uint8_t bus, device, function;
	uint32_t header[PCI_HEADER];
	uint32_t mask[PCI_BARS];	/* what a BAR keeps of all ones; 0: not found out */
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
#define PCI_MULTI(f)		((f)->header[3] >> 23 & 1)	/* others beside function 0 */
#define PCI_TYPE_DEVICE		0
#define PCI_TYPE_BRIDGE		1
#define PCI_PRIMARY(f)		((f)->header[6] & 0xff)
#define PCI_SECONDARY(f)	((f)->header[6] >> 8 & 0xff)
#define PCI_SUBORDINATE(f)	((f)->header[6] >> 16 & 0xff)

struct pci_visitor {
	/* Each function, buses in ascending order. False: enough. */
	bool (*function)(const struct pci_function *f, void *cookie);
	/* What is wrong with a bridge, or NULL for f: with the whole space. May be NULL. */
	void (*odd)(const struct pci_function *f, const char *what, void *cookie);
	void *cookie;
	bool sizes;			/* find out how large BARs are, but for host bridges' */
};

/*
 * Visit the functions of the first bus and of those behind bridges, and then of buses that none
 * leads to: there may be more host bridges. No bus is visited twice, whatever bridges say. False:
 * it was stopped.
 */
bool pci_scan(const struct pci_space *s, const struct pci_visitor *v);

/* Space `i` of the table MCFG, of `length` readable bytes; false: there are fewer. */
bool pci_space_mcfg(const struct acpi_header *mcfg, uint32_t i, struct pci_space *out);

/* The next node behind *n that is a host bridge with ECAM; false: no more. *n is initially 0. */
bool pci_space_tree(const struct fdt *f, struct fdt_node *n, struct pci_space *out);

/* All buses by the ports of a PC; false: there are no such ports, or nothing answers. */
bool pci_space_ports(struct pci_space *out);

struct pci_bar {
	uint64_t address, size;		/* size 0: not known */
	bool io, wide, prefetch;	/* wide: it is two registers */
};

/*
 * Base address register `i` of a function; how many registers it has: 1 or 2. 0: i is no such
 * register, for this type of header. A register that is not used has address 0.
 */
uint32_t pci_bar(const struct pci_function *f, uint32_t i, struct pci_bar *out);
#endif
