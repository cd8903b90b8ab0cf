/* SPDX-License-Identifier: MIT */
/* gop.h - a screen's mode: whether we can draw on it, and how video= changes it. */
#ifndef STUB_EFI_GOP_H
#define STUB_EFI_GOP_H
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"

#define GOP_FB_MAX	GIB	/* bytes; 16K by 16K pixels */

/*
 * How many bytes a mode's pixels take, by its numbers alone; 0 if it has no sensible geometry, as
 * in screen_fits(), or no format that we can draw.
 */
uint64_t gop_bytes(const struct efi_gop_info *info);

/* Describe the current mode in *fb. False, with *fb unchanged, if it cannot be drawn on. */
bool gop_describe(const struct efi *e, const struct efi_gop *gop, struct boot_fb *fb);

/*
 * video=: set another mode, if the screen has it (efi/video.c). *fb describes the mode afterwards.
 * `gop` NULL: there is no screen. A mode that cannot be set is a warning.
 */
void efi_set_video(const struct efi *e, const struct options *o, struct efi_gop *gop,
		   struct boot_fb *fb);
#endif
