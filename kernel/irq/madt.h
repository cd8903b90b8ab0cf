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
	MADT_LAPIC = 0x00, MADT_IOAPIC = 0x01, MADT_OVERRIDE = 0x02, MADT_X2APIC = 0x09,
	MADT_GICC = 0x0b, MADT_GICD = 0x0c, MADT_GICR = 0x0e,
	MADT_RINTC = 0x18, MADT_IMSIC = 0x19, MADT_APLIC = 0x1a, MADT_PLIC = 0x1b,
	MADT_NONE = 0x100,		/* no entry's */
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

#define MADT_ENABLED		(1u << 0)	/* flags of the next two, madt_gicc, madt_rintc */

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

struct madt_rintc {			/* one for each hart; ACPI 6.6, 5.2.12.24 */
	struct madt_entry entry;
	uint8_t version, reserved;
	uint32_t flags;
	uint64_t hart;
	uint32_t uid;
	uint32_t external;		/* 31:24 id of a PLIC or APLIC, 15:0 context or IDC there */
	uint64_t imsic;			/* address of its file; 0: none */
	uint32_t imsic_size;
} ACPI_PACKED;

struct madt_imsic {			/* what all files have in common */
	struct madt_entry entry;
	uint8_t version, reserved;
	uint32_t flags;
	uint16_t ids, guest_ids;
	uint8_t guest_bits, hart_bits, group_bits, group_shift;
} ACPI_PACKED;

struct madt_aplic {
	struct madt_entry entry;
	uint8_t version, id;
	uint32_t flags;
	uint64_t hardware;
	uint16_t idcs, sources;
	uint32_t gsi;			/* of its first source */
	uint64_t base;
	uint32_t size;
} ACPI_PACKED;

struct madt_plic {
	struct madt_entry entry;
	uint8_t version, id;
	uint64_t hardware;
	uint16_t sources, priorities;
	uint32_t flags, size;
	uint64_t base;
	uint32_t gsi;
} ACPI_PACKED;

struct madt_walk {
	const uint8_t *at, *end;
};

/* Start a walk. All table->length bytes must be readable. NULL, or too short: no entries. */
void madt_start(struct madt_walk *w, const struct acpi_header *table);

/* The next entry of this type that has at least `size` bytes; NULL: no more. */
const void *madt_next(struct madt_walk *w, enum madt_type type, uint32_t size);

/* Whether a table's entries fill it exactly. All table->length bytes must be readable. */
static inline bool madt_whole(const struct acpi_header *table)
{
	struct madt_walk w;

	madt_start(&w, table);
	(void)madt_next(&w, MADT_NONE, 0);
	return w.at == w.end && table->length >= sizeof(struct madt);
}

ACPI_OFFSET(madt_gicc, address, 32);
ACPI_OFFSET(madt_gicc, gicr, 60);
ACPI_OFFSET(madt_gicc, mpidr, 68);
ACPI_OFFSET(madt_gicd, version, 20);
ACPI_OFFSET(madt_x2apic, uid, 12);
ACPI_OFFSET(madt_gicr, size, 12);
ACPI_OFFSET(madt_override, flags, 8);
ACPI_OFFSET(madt_rintc, imsic, 24);
ACPI_OFFSET(madt_imsic, guest_bits, 12);
ACPI_OFFSET(madt_aplic, base, 24);
ACPI_OFFSET(madt_plic, base, 24);
#endif
