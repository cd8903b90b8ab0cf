/* SPDX-License-Identifier: MIT */
/* call.c - calls of firmware: text, memory, protocols. Before ExitBootServices. */
#include "stub/efi/efi.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/wants.h"

#define LINE_MAX	256	/* long enough for errors; an absurdly long option is cut */
#define ALLOCATE_TRIES	4

void efi_print(const struct efi *e, const char *fmt, ...)
{
	struct efi_text_output *out = e->systab->con_out;
	char line[LINE_MAX];
	uint16_t wide[LINE_MAX + 3];
	uint32_t n = (uint32_t)text_format(line, sizeof(line), "%.*s: ", WANTS_NAME, wants_name());
	va_list ap;

	va_start(ap, fmt);
	text_vformat(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	n = 0;
	for (const char *p = line; *p; p++)
		wide[n++] = (uint8_t)*p < 0x80 ? (uint8_t)*p : '?';
	wide[n++] = '\r';
	wide[n++] = '\n';
	wide[n] = 0;
	if (out && out->output_string && !(out->output_string(out, wide) & EFI_ERROR_BIT))
		return;
	console_serial(e->uart, 0);	/* only now, as this may set the port's speed */
	console_print("%s\n", line);
}

bool efi_allocate(const struct efi *e, uint32_t how, uint64_t pages, uint64_t *at)
{
	for (uint32_t i = 0; i < ALLOCATE_TRIES; i++)
		if (e->boot->allocate_pages(how, EFI_LOADER_DATA, pages, at) == EFI_SUCCESS)
			return true;
	return false;
}

void *efi_protocol(const struct efi *e, void *handle, const struct efi_guid *guid)
{
	void *interface = NULL;

	if (!handle || !e->boot->handle_protocol ||
	    e->boot->handle_protocol(handle, guid, &interface) != EFI_SUCCESS)
		return NULL;
	return interface;
}

void *efi_first_protocol(const struct efi *e, const struct efi_guid *guid)
{
	void *interface = NULL;

	if (!e->boot->locate_protocol ||	/* absent before EFI 1.1 */
	    e->boot->locate_protocol(guid, NULL, &interface) != EFI_SUCCESS)
		return NULL;
	return interface;
}
