/* SPDX-License-Identifier: MIT */
/*
 * video.c - sets the mode that video= asks for, while firmware is there. UEFI 2.10, 12.9.2.
 *
 * Of what firmware says, only a mode's number is trusted: its description is checked before the
 * mode is set, and the result is read back afterwards.
 */
#include "stub/efi/gop.h"

#define MODES_MAX	256	/* examined; even a hundred are many */
#define NO_MODE		UINT32_MAX

/* Describe a mode in *out, as firmware does. False if it cannot be drawn on. */
static bool video_query(const struct efi *e, struct efi_gop *gop, uint32_t mode,
			struct efi_gop_info *out)
{
	struct efi_gop_info *info = NULL;
	uint64_t size = 0;
	bool whole;

	if (gop->query_mode(gop, mode, &size, &info) != EFI_SUCCESS || !info)
		return false;
	whole = size >= sizeof(*info);
	if (whole)
		*out = *info;
	(void)e->boot->free_pool(info);		/* the caller frees it, 12.9.2.1 */
	return whole && gop_bytes(out);
}

/*
 * The number of the mode asked for, described in *want; NO_MODE if there is none, or it is set
 * already.
 */
static uint32_t video_pick(const struct efi *e, const struct options *o, struct efi_gop *gop,
			   const struct boot_fb *now, struct efi_gop_info *want)
{
	const uint32_t modes = MIN(gop->mode->max, MODES_MAX);
	uint64_t most = (uint64_t)now->width * now->height;
	uint32_t best = NO_MODE;
	struct efi_gop_info info;

	for (uint32_t i = 0; i < modes; i++) {
		if (!video_query(e, gop, i, &info))
			continue;
		if (o->video == VIDEO_MAX ? (uint64_t)info.width * info.height <= most :
		    info.width != o->video_width || info.height != o->video_height)
			continue;
		best = i;
		*want = info;
		if (o->video != VIDEO_MAX)
			break;
		most = (uint64_t)info.width * info.height;
	}
	return best;
}

static void video_set(const struct efi *e, struct efi_gop *gop, uint32_t mode,
		      const struct efi_gop_info *want, struct boot_fb *fb)
{
	const uint32_t old = gop->mode->mode;	/* there is one: it was described */
	efi_status_t status = gop->set_mode(gop, mode);

	if (status == EFI_SUCCESS && gop_describe(e, gop, fb) && fb->width == want->width &&
	    fb->height == want->height)
		return;
	efi_print(e, "warning: video=: mode %u, %ux%u, cannot be used (status 0x%llx): "
		  "back to mode %u", mode, want->width, want->height, LL(status), old);
	(void)gop->set_mode(gop, old);
	*fb = (struct boot_fb){ 0 };
	if (!gop_describe(e, gop, fb))
		efi_print(e, "warning: video=: the screen is lost");
}

void efi_set_video(const struct efi *e, const struct options *o, struct efi_gop *gop,
		   struct boot_fb *fb)
{
	struct efi_gop_info want;
	uint32_t mode;

	if (!gop || !gop->query_mode || !gop->set_mode || !e->boot->free_pool) {
		efi_print(e, "warning: video=: firmware has no screen whose mode can be set");
		return;
	}
	if (o->video == VIDEO_SIZE && fb->width == o->video_width &&
	    fb->height == o->video_height)
		return;
	mode = video_pick(e, o, gop, fb, &want);
	if (mode != NO_MODE)
		video_set(e, gop, mode, &want, fb);
	else if (o->video == VIDEO_SIZE)
		efi_print(e, "warning: video=%ux%u: the screen has no such mode, %ux%u is kept",
			  o->video_width, o->video_height, fb->width, fb->height);
}
