/* SPDX-License-Identifier: MIT */
/*
 * measure.c - measures data that no signature covers into the TPM, before it is used.
 *
 * PCR, event type, tags and names are those of Linux's stub, so that the same policies work; only
 * the text file and modules are our own. The digest covers the raw bytes as found. Runs before
 * firmware is left. A TPM that refuses is a bit in the report, not an error.
 */
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"
#include "lib/print.h"
#include "lib/string.h"

#define MEASURE_PCR	9
#define EV_EVENT_TAG	6		/* PC Client Platform Firmware Profile 1.05, 10.4.1 */
#define TAG_INITRD	0x8f3b22ecu
#define TAG_OPTIONS	0x8f3b22edu
#define NAME_MAX	26		/* the longest name, with its NUL */

/* EFI_TCG2_EVENT whose event is a TCG_PCClientTaggedEvent. */
struct measure_event {
	struct efi_tcg2_event head;
	uint32_t tag, name_size;
	char name[NAME_MAX];
} __attribute__((packed));

void efi_measure(const struct efi *e, struct boot_info *info, enum measured what, const void *data,
		 uint64_t size)
{
	static const char names[] = "LOADED_IMAGE::LoadOptions\0" "command line file\0"
		"section .cmdline\0" "Linux initrd\0" "module file";
	const char *name;
	struct efi_tcg2 *tcg = e->tcg;
	struct measure_event event;
	uint32_t flag = what == MEASURED_MODULE ? BOOT_MEASURED_FILES :
			what == MEASURED_INITRD ? BOOT_MEASURED_INITRD : BOOT_MEASURED_CMDLINE;
	uint32_t name_size;
	efi_status_t status;

	if (!tcg || !size)
		return;
	name = text_item(names, what);
	name_size = (uint32_t)strlen(name) + 1;
	event.head = (struct efi_tcg2_event){
		.size = sizeof(event) - NAME_MAX + name_size,
		.header_size = sizeof(event.head) - sizeof(event.head.size),
		.header_version = 1,
		.pcr = MEASURE_PCR,
		.type = EV_EVENT_TAG,
	};
	event.tag = what >= MEASURED_INITRD ? TAG_INITRD : TAG_OPTIONS;
	event.name_size = name_size;
	memcpy(event.name, name, name_size);
	status = tcg->hash_log_extend_event(tcg, 0, (uint64_t)data, size, &event.head);
	if (status == EFI_VOLUME_FULL)	/* the PCR was extended, but not the log; 6.6 */
		flag |= BOOT_TPM_LOG_SHORT;
	else if (status != EFI_SUCCESS)
		flag = BOOT_MEASURE_FAILED;
	info->flags |= flag;
}
