/* SPDX-License-Identifier: MIT */
/*
 * acpi.h - finds ACPI tables from the RSDP (ACPI 6.5, 5.2), and describes those that we read (SPCR
 * and DBG2: Microsoft's documents).
 *
 * Tables are not trusted: a table is returned only if the caller's reach() says that all of it can
 * be read, and if its checksum is right.
 */
#ifndef ACPI_H
#define ACPI_H
#include "lib/base.h"

#define ACPI_PACKED __attribute__((packed))	/* firmware may align nothing */

struct acpi_rsdp {
	char signature[8];		/* "RSD PTR " */
	uint8_t checksum;		/* over the first 20 bytes */
	char oem[6];
	uint8_t revision;		/* >= 2: the fields from length on exist */
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t checksum2, reserved[3];
} ACPI_PACKED;

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem[6], oem_table[8];
	uint32_t oem_revision, creator, creator_revision;
} ACPI_PACKED;

/* Generic Address Structure, 5.2.3.2 */
struct acpi_gas {
	uint8_t space;			/* 0 memory, 1 I/O */
	uint8_t bit_width, bit_offset;
	uint8_t access;			/* 1 byte, 2 word, 3 dword, 4 qword; 0 undefined */
	uint64_t address;
} ACPI_PACKED;

struct acpi_spcr {
	struct acpi_header header;
	uint8_t type;			/* as DBG2's subtype */
	uint8_t reserved[3];
	struct acpi_gas address;
} ACPI_PACKED;

struct acpi_dbg2 {
	struct acpi_header header;
	uint32_t offset, count;		/* of the device structures, from the table's start */
} ACPI_PACKED;

struct acpi_dbg2_device {
	uint8_t revision;
	uint16_t length;
	uint8_t addresses;
	uint16_t namespace_length, namespace_offset, oem_length, oem_offset;
	uint16_t type;			/* 0x8000 serial */
	uint16_t subtype;
	uint16_t reserved;
	uint16_t address_offset;	/* of struct acpi_gas, from this structure's start */
	uint16_t size_offset;
} ACPI_PACKED;

/* Serial subtypes of SPCR and DBG2 */
enum {
	ACPI_UART_16550 = 0x00, ACPI_UART_16450 = 0x01, ACPI_UART_PL011 = 0x03,
	ACPI_UART_16550_NVIDIA = 0x05,
	ACPI_UART_SBSA_32 = 0x0d, ACPI_UART_SBSA = 0x0e, ACPI_UART_16550_GAS = 0x12,
	ACPI_UART_SBI = 0x15,		/* a call of firmware */
	ACPI_DBG2_SERIAL = 0x8000,
};

struct acpi_fadt {
	struct acpi_header header;	/* "FACP" */
	uint32_t firmware_ctrl, dsdt;
	uint8_t reserved0, profile;
	uint16_t sci;
	uint32_t smi_command;
	uint8_t acpi_enable, acpi_disable, s4bios, pstate;
	uint32_t pm1a_event, pm1b_event, pm1a_control, pm1b_control;
	uint8_t more[37];		/* lengths, latencies, day and month alarms, century */
	uint16_t boot_flags_x86;	/* offset 109 */
	uint8_t reserved1;
	uint32_t flags;			/* offset 112 */
	struct acpi_gas reset;
	uint8_t reset_value;
	uint16_t boot_flags_arm;	/* offset 129: bit 0 PSCI, bit 1 by HVC */
	uint8_t minor;
	uint64_t x_firmware_ctrl, x_dsdt;	/* offset 132, 140 */
	struct acpi_gas x_pm1a_event, x_pm1b_event, x_pm1a_control, x_pm1b_control;
	struct acpi_gas x_more[4];	/* PM2 control, PM timer, two blocks of GPE */
	struct acpi_gas sleep_control, sleep_status;	/* offset 244, 256 */
} ACPI_PACKED;

#define ACPI_SIGNATURE(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

/* A search for tables. The caller sets the first two members; the rest belongs to acpi.c. */
struct acpi {
	/*
	 * Returns where `size` bytes at physical `at` can be read; NULL if they cannot, or at is 0.
	 */
	const void *(*reach)(void *cookie, uint64_t at, uint64_t size);
	void *cookie;
	uint64_t entry, end;		/* rest of the root table, from the next entry on */
	uint64_t rsdt;			/* the other root table, during a walk over the XSDT */
	bool wide;			/* entries of 8 bytes */
	bool unsummed;			/* ignore checksums */
};

/*
 * Begin with the XSDT of the RSDP at physical `rsdp` or, if that is bad, with the RSDT (5.2.5 to
 * 5.2.8). False if neither is good.
 */
bool acpi_open(struct acpi *a, uint64_t rsdp);

/* A table's signature as one word, at any alignment. */
static inline uint32_t acpi_signature(const void *table)
{
	struct signature {
		uint32_t word;
	} ACPI_PACKED;
	const struct signature *s = (const struct signature *)table;

	return s->word;
}

/* The address in the next entry, which must exist. */
static inline uint64_t acpi_entry(struct acpi *a)
{
	struct entry {
		uint32_t low, high;
	} ACPI_PACKED;
	const struct entry *e = (const struct entry *)a->entry;

	a->entry += a->wide ? sizeof(uint64_t) : sizeof(uint32_t);
	return a->wide ? (uint64_t)e->high << 32 | e->low : e->low;
}

/*
 * The address and signature of the next table, for callers that want several of them. False: there
 * are no more. Only its header is known to be readable; check it with acpi_table(). Inline, since
 * the stub walks the tables in every boot.
 */
static inline bool acpi_next(struct acpi *a, uint64_t *at, uint32_t *signature)
{
	while (a->entry != a->end) {
		const void *table;

		*at = acpi_entry(a);
		table = a->reach(a->cookie, *at, sizeof(struct acpi_header));
		if (!table)
			continue;
		*signature = acpi_signature(table);
		return true;
	}
	return false;
}

/*
 * The table at physical `at`, if it is good and has this signature and at least `least` bytes; or
 * NULL. Valid as long as what reach() returned for it.
 */
const void *acpi_table(const struct acpi *a, uint64_t at, uint32_t signature, uint32_t least);

/* The next such table, or NULL. After the XSDT it also searches the RSDT. */
const void *acpi_find(struct acpi *a, uint32_t signature, uint32_t least);

#define ACPI_OFFSET(type, field, off) \
	_Static_assert(__builtin_offsetof(struct type, field) == (off), #type "." #field)
ACPI_OFFSET(acpi_rsdp, xsdt, 24);
ACPI_OFFSET(acpi_spcr, address, 40);
ACPI_OFFSET(acpi_dbg2, offset, 36);
ACPI_OFFSET(acpi_dbg2_device, address_offset, 18);
ACPI_OFFSET(acpi_fadt, dsdt, 40);
ACPI_OFFSET(acpi_fadt, pm1a_control, 64);
ACPI_OFFSET(acpi_fadt, boot_flags_x86, 109);
ACPI_OFFSET(acpi_fadt, flags, 112);
ACPI_OFFSET(acpi_fadt, boot_flags_arm, 129);
ACPI_OFFSET(acpi_fadt, x_dsdt, 140);
ACPI_OFFSET(acpi_fadt, x_pm1a_control, 172);
ACPI_OFFSET(acpi_fadt, sleep_control, 244);
#endif
