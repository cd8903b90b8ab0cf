/* SPDX-License-Identifier: MIT */
/* efi_said.h - firmware's console: the last text that was printed there is in efi_said[]. */
#ifndef UNIT_EFI_SAID_H
#define UNIT_EFI_SAID_H
#include "lib/efi.h"

static char efi_said[300];

static efi_status_t efi_said_output(struct efi_text_output *self, const uint16_t *s)
{
	(void)self;
	for (uint32_t i = 0; i < sizeof(efi_said) - 1 && s[i]; i++) {
		efi_said[i] = (char)s[i];
		efi_said[i + 1] = 0;
	}
	return EFI_SUCCESS;
}

static struct efi_text_output efi_said_con_out = { .output_string = efi_said_output };
#endif
