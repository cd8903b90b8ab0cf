/* SPDX-License-Identifier: MIT */
/* efi_theirs.c - the facts of efi_layout.h as gnu-efi's headers have them. */
#include <stddef.h>
#include <efi.h>
#include <efilib.h>

#define S(ours, theirs)			sizeof(theirs),
#define X(ours, m, theirs, member)	offsetof(theirs, member),
#define C(ours, theirs)			(unsigned long)(theirs),
#define G(ours, theirs)
const unsigned long efi_theirs[] = {
#include "tests/host/unit/efi_layout.h"
};
#undef S
#undef X
#undef C
#undef G
#define S(ours, theirs)
#define X(ours, m, theirs, member)
#define C(ours, theirs)
#define G(ours, theirs)			theirs,
const EFI_GUID efi_their_guids[] = {
#include "tests/host/unit/efi_layout.h"
};
