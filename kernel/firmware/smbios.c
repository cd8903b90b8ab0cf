/* SPDX-License-Identifier: MIT */
/* smbios.c - see smbios.h. Section numbers are those of DSP0134 3.6. */
#include "kernel/firmware/smbios.h"
#include "kernel/firmware/fields.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"

#define TABLE_MAX	(1 * MIB)
#define HEADER		4		/* type, length, handle */
#define TYPE_END	127

/* The 32-bit entry point, 5.2.1, which contains a second one */
#define SM2_SIZE	0x1f
#define SM2_DMI		0x10
#define SM2_TABLE_SIZE	0x16
#define SM2_TABLE	0x18
#define SM2_COUNT	0x1c
#define SM2_LENGTH	0x05
#define SM2_VERSION	0x06

/* The 64-bit entry point, 5.2.2 */
#define SM3_SIZE	0x18
#define SM3_LENGTH	0x06
#define SM3_VERSION	0x07
#define SM3_TABLE_SIZE	0x0c
#define SM3_TABLE	0x10

/* Memory devices, 7.18 */
#define TYPE_MEMORY	17
#define MEMORY_SIZE	0x0c
#define MEMORY_EXTENDED	0x1c
#define SIZE_UNKNOWN	0xffff
#define SIZE_EXTENDED	0x7fff
#define SIZE_IN_KIB	0x8000

/* One line per type: its number in two digits, its name, the fields after the handle. */
static const char forms[] =
	"00 firmware vendor:s version:s :2 date:s\n"
	"01 system manufacturer:s product:s version:s serial:s uuid:u :1 sku:s family:s\n"
	"02 board manufacturer:s product:s version:s serial:s asset:s :1 place:s\n"
	"03 chassis manufacturer:s type:1 version:s serial:s asset:s\n"
	"04 processor socket:s type:1 family:1 manufacturer:s id:8 version:s :1 clock:d2 max:d2"
	" speed:d2 status:1 :1 l1:2 l2:2 l3:2 serial:s asset:s part:s cores:d1 enabled:d1"
	" threads:d1\n"
	"10 array place:1 use:1 ecc:1 kib:d4 :2 devices:d2 bytes:d8\n"
	"11 memory array:2 :2 width:d2 data:d2 :2 form:1 :1 locator:s bank:s type:1 detail:2"
	" speed:d2 manufacturer:s serial:s asset:s part:s :1 :4 configured:d2\n"
	"13 range first-kib last-kib array:2 :1 first:8 last:8\n";

/* ---- entry points ---- */

static bool sum_good(const uint8_t *p, uint32_t size)
{
	uint8_t sum = 0;

	while (size)
		sum = (uint8_t)(sum + p[--size]);
	return !sum;
}

/* The length must lie in what is readable. Some firmware says 0x1e for 0x1f. */
static bool sm2_open(struct smbios *s, const uint8_t *p)
{
	const uint32_t length = MAX(p[SM2_LENGTH], SM2_SIZE - 1);

	if (memcmp(p, "_SM_", 4) != 0 || length > SM2_SIZE || !sum_good(p, length) ||
	    memcmp(p + SM2_DMI, "_DMI_", 5) != 0 || !sum_good(p + SM2_DMI, SM2_SIZE - SM2_DMI))
		return false;
	*s = (struct smbios){
		.address = fields_number(p + SM2_TABLE, 4),
		.size = (uint32_t)fields_number(p + SM2_TABLE_SIZE, 2),
		.count = (uint32_t)fields_number(p + SM2_COUNT, 2),
		.major = p[SM2_VERSION],
		.minor = p[SM2_VERSION + 1],
	};
	return true;
}

static bool sm3_open(struct smbios *s, const uint8_t *p)
{
	if (memcmp(p, "_SM3_", 5) != 0 || p[SM3_LENGTH] != SM3_SIZE || !sum_good(p, SM3_SIZE))
		return false;
	*s = (struct smbios){
		.address = fields_number(p + SM3_TABLE, 8),
		.size = (uint32_t)MIN(fields_number(p + SM3_TABLE_SIZE, 4), TABLE_MAX),
		.count = UINT32_MAX,
		.major = p[SM3_VERSION],
		.minor = p[SM3_VERSION + 1],
		.wide = true,
	};
	return true;
}

bool smbios_open(struct smbios *s, uint64_t at,
		 const void *(*reach)(void *cookie, uint64_t at, uint64_t size), void *cookie)
{
	const uint8_t *p = reach(cookie, at, SM3_SIZE);

	if (!p || !sm3_open(s, p)) {
		p = reach(cookie, at, SM2_SIZE);
		if (!p || !sm2_open(s, p))
			return false;
	}
	s->table = s->address ? reach(cookie, s->address, s->size) : NULL;
	return s->table;
}

/* ---- structures, 6.1 ---- */

/* Two NULs end the strings, and are there even if there is no string. 6.1.3 */
bool smbios_next(struct smbios *s, struct smbios_structure *out)
{
	const uint8_t *p = s->table + s->at;
	const uint32_t left = s->size - s->at;
	uint32_t end;

	if (!left || s->seen == s->count)
		return false;
	s->broken = left < HEADER || p[1] < HEADER || p[1] > left;
	if (s->broken)
		return false;
	for (end = p[1]; end + 1 < left && (p[end] || p[end + 1]); end++)
		;
	s->broken = end + 1 >= left;
	if (s->broken)
		return false;
	*out = (struct smbios_structure){
		.data = p, .at = s->at, .type = p[0], .length = p[1],
		.handle = (uint16_t)fields_number(p + 2, 2),
		.strings = (const char *)p + p[1], .strings_size = end + 1 - p[1],
	};
	s->at += end + 2;
	s->seen++;
	if (out->type == TYPE_END)
		s->count = s->seen;
	return true;
}

/* Print a memory device's size, 7.18.5: in MiB or KiB, or in the extended field. */
static void memory_print(const struct smbios_structure *s)
{
	const char *unit = "M";
	uint32_t size;

	if (s->type != TYPE_MEMORY || s->length < MEMORY_SIZE + 2)
		return;
	size = (uint32_t)fields_number(s->data + MEMORY_SIZE, 2);
	if (size == SIZE_UNKNOWN)
		return;
	if (size == SIZE_EXTENDED && s->length >= MEMORY_EXTENDED + 4) {
		size = (uint32_t)fields_number(s->data + MEMORY_EXTENDED, 4);
	} else if (size & SIZE_IN_KIB) {
		size -= SIZE_IN_KIB;
		unit = "K";
	}
	console_print(" size=%u%s", size, unit);
}

void smbios_print(const struct smbios_structure *s)
{
	struct fields f = {
		.data = s->data + HEADER, .size = s->length - HEADER,
		.strings = s->strings, .strings_size = s->strings_size,
	};
	const char *form = forms, *name;

	while (*form && (text_digit(form[0]) << 4 | text_digit(form[1])) != s->type) {
		while (*form++ != '\n')
			;
	}
	console_print("0x%04x ", s->handle);
	if (!*form) {
		console_print("type %u, %u bytes\n", s->type, s->length);
		return;
	}
	name = form + 3;
	for (form = name; *form != ' '; form++)
		;
	console_print("%.*s", (int)(form - name), name);
	f.column = (uint32_t)(form - name) + 7;
	fields_print(&f, form + 1);
	memory_print(s);
	console_print("\n");
}
