/* SPDX-License-Identifier: MIT */
/* gop.h - a screen's mode: whether we can draw on it, and which one is wished for. */
#ifndef STUB_EFI_GOP_H
#define STUB_EFI_GOP_H
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"

#define GOP_FB_MAX	GIB	/* bytes; 16K by 16K pixels */

/* Whether a picture of that form makes sense, by its numbers alone. */
bool gop_drawable(const struct efi_gop_info *info);

/* What is in force now; false, and *fb as it was: nothing that can be drawn on. */
bool gop_describe(const struct efi *e, const struct efi_gop *gop, struct boot_fb *fb);

/*
 * video=: another mode, if the screen has it (efi/video.c). *fb is what is in force afterwards.
 * `gop` NULL: there is no screen. What cannot be done is a warning.
 */
void efi_set_video(const struct efi *e, const struct options *o, struct efi_gop *gop,
		   struct boot_fb *fb);
#endif
