/* SPDX-License-Identifier: MIT */
/*
 * cmd_efi.c - efivar and time: what firmware's runtime services return. Data from firmware is only
 * printed, never used.
 */
#include "monitor.h"
#include "kernel/firmware/efi_runtime.h"
#include "kernel/time/clock.h"
#include "kernel/time/date.h"
#include "lib/console/console.h"
#include "lib/string.h"
#include "lib/utf.h"

#define VARIABLES_MAX	10000		/* an endless list is cut */
#define NAME_BYTES	(UTF_MAX * EFI_NAME_UNITS)
#define ATTRIBUTES_NEW	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOT | EFI_VARIABLE_RUNTIME)

/* The vendor GUID of variables created here. */
static const struct efi_guid ours = { 0x53545542, 0x424f, 0x4e52,
				      { 0x8d, 0x56, 0x41, 0x52, 0x49, 0x41, 0x42, 0x4c } };

static void guid_print(const struct efi_guid *g)
{
	console_print("%08x-%04x-%04x-%02x%02x-", g->a, g->b, g->c, g->d[0], g->d[1]);
	for (uint32_t i = 2; i < sizeof(g->d); i++)
		console_print("%02x", g->d[i]);
}

static bool failed(const char *what, efi_status_t status)
{
	const char *why = efi_runtime_start();

	if (why)
		return monitor_error("runtime services: %s", why);
	if (status == EFI_SUCCESS)
		return monitor_error("the list does not end");
	return monitor_error("%s: status 0x%llx", what, LL(status));
}

/* The name as UTF-8, with '?' for control characters, which a terminal would obey. */
static void name_of(const struct efi_variable *v, char out[NAME_BYTES])
{
	bool cut;

	(void)utf8_from_utf16(v->name, EFI_NAME_UNITS, out, NAME_BYTES, &cut);
	for (; *out; out++)
		if ((uint8_t)*out < ' ' || *out == 0x7f)
			*out = '?';
}

/* Print a line for the variable, and its data if `bytes`. */
static bool variable_print(const struct efi_variable *v, const char *name, bool bytes)
{
	static const char flag[][4] = { "NV", "BS", "RT", "HR", "AW", "TA", "AP", "EA" };
	const void *data;
	uint32_t attributes;
	uint64_t size;
	efi_status_t status = efi_variable_get(v, &attributes, &data, &size);

	guid_print(&v->vendor);
	console_print(" %s", name);
	if (status != EFI_SUCCESS) {
		console_print("\n");
		return failed("GetVariable", status);
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(flag); i++)
		if (attributes >> i & 1)
			console_print(" %s", flag[i]);
	console_print(" %llu\n", LL(size));
	if (bytes)
		monitor_dump(data, size);
	return true;
}

/*
 * The next variable of this name, or any if NULL. False: *v was the last, or *status is an error,
 * or EFI_SUCCESS if the list does not end.
 */
static bool variable_find(struct efi_variable *v, const char *name, char text[NAME_BYTES],
			  efi_status_t *status)
{
	for (uint32_t i = 0; i < VARIABLES_MAX; i++) {
		*status = efi_variable_next(v);
		if (*status != EFI_SUCCESS)
			return false;
		name_of(v, text);
		if (!name || !strcmp(name, text))
			return true;
	}
	return false;
}

static bool variables_list(const char *name)
{
	struct efi_variable v = { 0 };
	char text[NAME_BYTES];
	efi_status_t status;
	bool all = true;
	uint32_t n = 0;

	for (; n < VARIABLES_MAX && variable_find(&v, name, text, &status); n++) {
		if (!variable_print(&v, text, name)) {
			if (efi_runtime_start())
				return false;
			all = false;		/* the others may be readable */
		}
		if (monitor_stopped())
			return false;
	}
	if (status != EFI_NOT_FOUND)
		return failed("GetNextVariableName", status);
	return n || !name ? all : monitor_error("there is no \"%s\"", name);
}

/*
 * Write the first variable of this name, which keeps its attributes, or create one with our vendor
 * GUID. With no bytes it is deleted.
 */
static bool variable_write(struct kernel *k, const char *name, const char *value)
{
	struct efi_variable v = { 0 };
	uint32_t size, attributes = ATTRIBUTES_NEW;
	uint8_t bytes[MONITOR_BYTES];
	char text[NAME_BYTES];
	const void *data;
	uint64_t had;
	efi_status_t status;

	if (k->bi->flags & BOOT_SECURE_BOOT)
		return monitor_error("Secure Boot is on: variables may not be written");
	if (!monitor_bytes(value, bytes, &size))
		return false;
	if (!variable_find(&v, name, text, &status)) {
		if (status != EFI_NOT_FOUND || strlen(name) >= EFI_NAME_UNITS)
			return failed("GetNextVariableName", status);
		v = (struct efi_variable){ .vendor = ours };
		for (uint32_t i = 0; name[i]; i++)
			v.name[i] = (uint8_t)name[i];
	} else {
		status = efi_variable_get(&v, &attributes, &data, &had);
		if (status != EFI_SUCCESS)
			return failed("GetVariable", status);
	}
	status = efi_variable_set(&v, attributes, bytes, size);
	return status == EFI_SUCCESS ? true : failed("SetVariable", status);
}

bool command_efivar(struct kernel *k, uint32_t n, char **words)
{
	return n == 3 ? variable_write(k, words[1], words[2]) :
			variables_list(n == 2 ? words[1] : NULL);
}

static void time_firmware(void)
{
	struct efi_time t;
	const char *why = efi_runtime_start();
	efi_status_t status = why ? EFI_UNSUPPORTED : efi_get_time(&t);

	if (why || (status != EFI_SUCCESS && efi_runtime_start())) {
		console_print("firmware: no time: %s\n", why ? why : efi_runtime_start());
		return;
	}
	if (status != EFI_SUCCESS) {
		console_print("firmware: no time: status 0x%llx\n", LL(status));
		return;
	}
	console_print("firmware: %04u-%02u-%02u %02u:%02u:%02u", t.year, t.month, t.day, t.hour,
		      t.minute, t.second);
	if (t.zone == EFI_ZONE_UNKNOWN)
		console_print(", no time zone\n");
	else
		console_print(", UTC is %d minutes later\n", t.zone);
}

/* Print the time that the stub read, plus what the counter has counted since. */
static void time_boot(const struct boot_info *bi)
{
	struct date d;

	if (!bi->clock || !bi->counter_hz) {
		console_print("since boot: unknown\n");
		return;
	}
	date_from(bi->clock + (arch_counter() - bi->clock_ticks) / bi->counter_hz, &d);
	console_print("since boot: %04u-%02u-%02u %02u:%02u:%02u\n", d.year, d.month, d.day,
		      d.hour, d.minute, d.second);
}

bool command_time(struct kernel *k, uint32_t n, char **words)
{
	const uint64_t up = clock_now();

	(void)n;
	(void)words;
	time_firmware();
	time_boot(k->bi);
	if (k->timer_why) {
		console_print("clock: none: %s\n", k->timer_why);
		return true;
	}
	console_print("up: %llu.%03llu s\nclock: %s, %llu Hz by %s%s%s\n", LL(up / NS_PER_S),
		      LL(up / NS_PER_MS % 1000), k->timer.name, LL(k->timer.hz), k->timer.by,
		      k->timer.doubt ? "; " : "", k->timer.doubt ? k->timer.doubt : "");
	return true;
}
