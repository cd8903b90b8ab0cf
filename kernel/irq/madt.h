/* SPDX-License-Identifier: MIT */
/*
 * madt.h - the table of interrupt controllers (ACPI 6.5, 5.2.12). Pure.
 *
 * Lengths in it are not trusted: an entry that is returned is wholly inside the table and has all
 * the bytes that were asked for. The walk ends at an entry that extends beyond the table or is too
 * short.
 */
#ifndef KERNEL_MADT_H
#define KERNEL_MADT_H
#include "lib/acpi.h"

enum madt_type {
	MADT_LAPIC = 0x00, MADT_IOAPIC = 0x01, MADT_OVERRIDE = 0x02, MADT_LAPIC_ADDRESS = 0x05,
	MADT_X2APIC = 0x09, MADT_GICC = 0x0b, MADT_GICD = 0x0c, MADT_GICR = 0x0e,
};

#define MADT_SIGNATURE		ACPI_SIGNATURE('A', 'P', 'I', 'C')

struct madt {
	struct acpi_header header;	/* "APIC" */
	uint32_t lapic;			/* physical address */
	uint32_t flags;			/* MADT_PCAT_COMPAT */
} ACPI_PACKED;
#define MADT_PCAT_COMPAT	(1u << 0)	/* there are two 8259s as well */

struct madt_entry {
	uint8_t type, length;
} ACPI_PACKED;

#define MADT_ENABLED		(1u << 0)	/* flags of the next two, and of madt_gicc */

struct madt_lapic {
	struct madt_entry entry;
	uint8_t uid, id;
	uint32_t flags;
} ACPI_PACKED;

struct madt_x2apic {
	struct madt_entry entry;
	uint16_t reserved;
	uint32_t id, flags, uid;
} ACPI_PACKED;

struct madt_ioapic {
	struct madt_entry entry;
	uint8_t id, reserved;
	uint32_t address, gsi;		/* gsi: of its first input */
} ACPI_PACKED;

struct madt_override {			/* an ISA interrupt that is not wired as on a classic PC */
	struct madt_entry entry;
	uint8_t bus, source;		/* bus: 0, ISA */
	uint32_t gsi;
	uint16_t flags;
} ACPI_PACKED;
#define MADT_POLARITY(flags)	((flags) & 3)
#define MADT_TRIGGER(flags)	((flags) >> 2 & 3)
#define MADT_POLARITY_LOW	3	/* polarity or trigger 0: the bus's default */
#define MADT_POLARITY_HIGH	1
#define MADT_TRIGGER_EDGE	1
#define MADT_TRIGGER_LEVEL	3

struct madt_lapic_address {
	struct madt_entry entry;
	uint16_t reserved;
	uint64_t address;
} ACPI_PACKED;

struct madt_gicc {
	struct madt_entry entry;
	uint16_t reserved;
	uint32_t interface, uid, flags, parking, performance;
	uint64_t parked;
	uint64_t address;		/* GICv2's CPU interface */
	uint64_t gicv, gich;
	uint32_t maintenance;
	uint64_t gicr;			/* this CPU's redistributor, if there are no MADT_GICR */
	uint64_t mpidr;
} ACPI_PACKED;

struct madt_gicd {
	struct madt_entry entry;
	uint16_t reserved;
	uint32_t id;
	uint64_t address;
	uint32_t vectors;
	uint8_t version;		/* 0: ask the hardware */
	uint8_t reserved2[3];
} ACPI_PACKED;

struct madt_gicr {
	struct madt_entry entry;
	uint16_t reserved;
	uint64_t address;
	uint32_t size;
} ACPI_PACKED;

struct madt_walk {
	const uint8_t *at, *end;
};

/* Start a walk. All table->length bytes must be readable. NULL, or too short: no entries. */
void madt_start(struct madt_walk *w, const struct acpi_header *table);

/* The next entry of this type that has at least `size` bytes; NULL: no more. */
const void *madt_next(struct madt_walk *w, enum madt_type type, uint32_t size);

ACPI_OFFSET(madt_gicc, address, 32);
ACPI_OFFSET(madt_gicc, gicr, 60);
ACPI_OFFSET(madt_gicc, mpidr, 68);
ACPI_OFFSET(madt_gicd, version, 20);
ACPI_OFFSET(madt_x2apic, uid, 12);
ACPI_OFFSET(madt_gicr, size, 12);
ACPI_OFFSET(madt_override, flags, 8);
#endif
