/* SPDX-License-Identifier: MIT */
/*
 * acpi.c - from the RSDP to the register that switches off (ACPI 6.5, 4.8.3 and 5.2). No
 * interpreter: \_S5 is a package of constants in every DSDT seen, and is found as bytes.
 */
#include "lib/console/console.h"
#include "lib/string.h"
#include "kernel/firmware/firmware.h"

#define RSDP_V1_SIZE	20
#define TABLE_MAX	(8 * MIB)
#define FADT_V1_SIZE	116		/* up to and with flags */
#define FADT_REDUCED	(1u << 20)	/* flags: HW_REDUCED_ACPI */
#define GAS_MEMORY	0
#define GAS_IO		1

#define PM1_SCI_EN	(1u << 0)
#define PM1_SLP_TYP(x)	((uint32_t)(x) << 10)
#define PM1_SLP_EN	(1u << 13)
#define SLEEP_WAK_STS	(1u << 7)
#define SLEEP_SLP_TYP(x) ((x) << 2)
#define SLEEP_SLP_EN	(1u << 5)
#define ENABLE_POLLS	1000000
#define OFF_POLLS	10000000	/* the order takes a moment to reach the supply */

enum {				/* AML, 20.2 */
	AML_ZERO = 0x00, AML_ONE = 0x01, AML_NAME = 0x08, AML_BYTE = 0x0a, AML_WORD = 0x0b,
	AML_DWORD = 0x0c, AML_PACKAGE = 0x12,
};

static bool sums_to_zero(const void *data, uint64_t size)
{
	const uint8_t *p = data;
	uint8_t sum = 0;

	while (size-- > 0)
		sum += *p++;
	return sum == 0;
}

/* A whole table with the signature wanted, or NULL. */
static const struct acpi_header *table_at(struct kernel *k, uint64_t pa, const char *signature)
{
	const struct acpi_header *h = memory_window(&k->memory, pa, sizeof(*h));

	if (!h || memcmp(h->signature, signature, sizeof(h->signature)) != 0 ||
	    h->length < sizeof(*h) || h->length > TABLE_MAX)
		return NULL;
	h = memory_window(&k->memory, pa, h->length);
	return h && sums_to_zero(h, h->length) ? h : NULL;
}

/* The XSDT's (8 bytes an entry) or RSDT's (4) first good FADT. */
static const struct acpi_fadt *fadt_in(struct kernel *k, uint64_t pa, const char *signature,
				       uint32_t entry)
{
	const struct acpi_header *root = table_at(k, pa, signature), *h;
	const uint8_t *at;

	if (!root)
		return NULL;
	at = (const uint8_t *)(root + 1);
	for (uint32_t n = (root->length - (uint32_t)sizeof(*root)) / entry; n > 0; n--) {
		uint64_t table = 0;

		for (uint32_t i = 0; i < entry; i++)
			table |= (uint64_t)*at++ << (8 * i);
		h = table_at(k, table, "FACP");
		if (h && h->length >= FADT_V1_SIZE)
			return (const struct acpi_fadt *)h;
	}
	return NULL;
}

const struct acpi_fadt *acpi_find_fadt(struct kernel *k)
{
	const struct acpi_rsdp *r = memory_window(&k->memory, k->bi->acpi_rsdp, sizeof(*r));
	const struct acpi_fadt *fadt = NULL;

	if (!r || memcmp(r->signature, "RSD PTR ", sizeof(r->signature)) != 0 ||
	    !sums_to_zero(r, RSDP_V1_SIZE))
		return NULL;
	if (r->revision >= 2 && r->length >= sizeof(*r) && sums_to_zero(r, sizeof(*r)))
		fadt = fadt_in(k, r->xsdt, "XSDT", sizeof(uint64_t));
	return fadt ? fadt : fadt_in(k, r->rsdt, "RSDT", sizeof(uint32_t));
}

/* Decode an integer constant at *p; false at the end or for anything else. 20.2.3 */
static bool aml_integer(const uint8_t **p, const uint8_t *end, uint32_t *out)
{
	uint32_t size;

	if (*p >= end)
		return false;
	switch (*(*p)++) {
	case AML_ZERO:
		*out = 0;
		return true;
	case AML_ONE:
		*out = 1;
		return true;
	case AML_BYTE:
		size = 1;
		break;
	case AML_WORD:
		size = 2;
		break;
	case AML_DWORD:
		size = 4;
		break;
	default:
		return false;
	}
	if ((uint64_t)(end - *p) < size)
		return false;
	*out = **p;			/* SLP_TYP has three bits */
	*p += size;
	return true;
}

/* `p` is behind the name _S5_: a package whose first two elements are SLP_TYPa and b. */
static bool s5_package(const uint8_t *p, const uint8_t *end, uint32_t type[2])
{
	if (end - p < 2 || *p++ != AML_PACKAGE)
		return false;
	p += 1 + (*p >> 6);		/* PkgLength: its top bits count the bytes that follow */
	if (p >= end)
		return false;
	p++;				/* number of elements */
	return aml_integer(&p, end, &type[0]) && aml_integer(&p, end, &type[1]);
}

static bool s5_find(const struct acpi_header *dsdt, uint32_t type[2])
{
	static const char name[] = "_S5_";
	const uint8_t *p = (const uint8_t *)(dsdt + 1);
	const uint8_t *end = (const uint8_t *)dsdt + dsdt->length;

	for (; end - p > (int64_t)strlen(name); p++) {
		if (memcmp(p, name, strlen(name)) != 0)
			continue;
		if ((p[-1] == AML_NAME || (p[-1] == '\\' && p[-2] == AML_NAME)) &&
		    s5_package(p + strlen(name), end, type))
			return true;
	}
	return false;
}

/* The longer FADT's register wins if it is there and a port. */
static uint16_t pm1_port(const struct acpi_fadt *f, const struct acpi_gas *x, uint32_t old)
{
	uint64_t end = (uint64_t)((const char *)(x + 1) - (const char *)f);

	if (f->header.length >= end && x->address && x->space == GAS_IO)
		return (uint16_t)x->address;
	return (uint16_t)old;
}

/* Leave legacy mode, in which some chipsets ignore SLP_EN. 4.8.2.5 */
static void acpi_enable(const struct acpi_fadt *f, uint16_t pm1a)
{
	if ((arch_port_in8(pm1a) & PM1_SCI_EN) || !f->smi_command || !f->acpi_enable)
		return;
	arch_port_out8((uint16_t)f->smi_command, f->acpi_enable);
	for (uint32_t i = 0; i < ENABLE_POLLS; i++)
		if (arch_port_in8(pm1a) & PM1_SCI_EN)
			return;
}

static void pm1_off(const struct acpi_fadt *f, const uint32_t type[2])
{
	const uint16_t a = pm1_port(f, &f->x_pm1a_control, f->pm1a_control);
	const uint16_t b = pm1_port(f, &f->x_pm1b_control, f->pm1b_control);

	if (!a)
		return;
	acpi_enable(f, a);
	arch_port_out16(a, (uint16_t)(PM1_SLP_TYP(type[0] & 7) | PM1_SLP_EN));
	if (b)
		arch_port_out16(b, (uint16_t)(PM1_SLP_TYP(type[1] & 7) | PM1_SLP_EN));
}

static void gas_write(struct kernel *k, const struct acpi_gas *g, uint8_t value)
{
	volatile uint8_t *p;

	if (g->space == GAS_IO)
		arch_port_out8((uint16_t)g->address, value);
	if (g->space != GAS_MEMORY)
		return;
	p = (volatile uint8_t *)memory_window(&k->memory, g->address, sizeof(*p));
	if (p)
		*p = value;
}

/* Where there are no PM1 registers: a machine without what PCs have from olden times. 4.8.3.7 */
static void reduced_off(struct kernel *k, const struct acpi_fadt *f, uint32_t type)
{
	if (f->header.length < sizeof(*f))
		return;
	gas_write(k, &f->sleep_status, SLEEP_WAK_STS);
	gas_write(k, &f->sleep_control, (uint8_t)(SLEEP_SLP_TYP(type & 7) | SLEEP_SLP_EN));
}

void acpi_off(struct kernel *k)
{
	const struct acpi_fadt *f = acpi_find_fadt(k);
	const struct acpi_header *dsdt = NULL;
	uint32_t type[2];

	if (!f)
		return;
	if (f->header.length >= offsetof(struct acpi_fadt, x_pm1a_event))
		dsdt = table_at(k, f->x_dsdt, "DSDT");
	if (!dsdt)
		dsdt = table_at(k, f->dsdt, "DSDT");
	if (!dsdt || !s5_find(dsdt, type))
		return;
	if (f->flags & FADT_REDUCED)
		reduced_off(k, f, type[0]);
	else
		pm1_off(f, type);
	for (volatile uint32_t i = 0; i < OFF_POLLS; i++)
		;
}
