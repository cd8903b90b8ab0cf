/* SPDX-License-Identifier: MIT */
/*
 * gop.c - the framebuffer that shows firmware's console.
 *
 * Sets no mode unless asked to (that costs millions of instructions) and opens nothing exclusively
 * (that would stop the console). UEFI 2.10, 12.9.
 */
#include "stub/efi/gop.h"
#include "arch/boot.h"
#include "lib/console/screen.h"
#include "lib/image.h"

#define GOP_HANDLES	16

static bool mask_whole(uint32_t mask)
{
	return mask && !((mask + (mask & -mask)) & mask);
}

/*
 * The masks imply the size of a pixel: up to the last byte in which one of the four has a bit
 * (12.9). We only draw four-byte pixels.
 */
static bool masks_ok(const struct efi_gop_info *i)
{
	const uint32_t all = i->red | i->green | i->blue | i->reserved;

	return mask_whole(i->red) && mask_whole(i->green) && mask_whole(i->blue) &&
	       !(i->red & i->green) && !((i->red | i->green) & i->blue) &&
	       !((i->red | i->green | i->blue) & i->reserved) && all >> 24;
}

uint64_t gop_bytes(const struct efi_gop_info *i)
{
	const uint64_t row = 4ull * i->pixels_per_line;

	if (i->format >= EFI_PIXEL_BLT_ONLY || i->width < GLYPH_WIDTH ||
	    i->height < GLYPH_HEIGHT || i->width > i->pixels_per_line ||
	    row > GOP_FB_MAX || row * i->height > GOP_FB_MAX ||
	    (i->format == EFI_PIXEL_MASK && !masks_ok(i)))
		return 0;
	return row * i->height;
}

bool gop_describe(const struct efi *e, const struct efi_gop *gop, struct boot_fb *fb)
{
	static const uint8_t format[] = {
		[EFI_PIXEL_RGBX] = BOOT_FB_XBGR8888, [EFI_PIXEL_BGRX] = BOOT_FB_XRGB8888,
		[EFI_PIXEL_MASK] = BOOT_FB_MASKS,
	};
	const struct efi_gop_mode *mode = gop ? gop->mode : NULL;
	const struct efi_gop_info *info = mode ? mode->info : NULL;
	uint64_t need;

	if (!info || mode->info_size < sizeof(*info))
		return false;
	need = gop_bytes(info);
	if (!need && info->format == EFI_PIXEL_MASK)
		efi_print(e, "warning: screen not used: pixel masks "
			  "0x%x 0x%x 0x%x 0x%x", info->red, info->green, info->blue,
			  info->reserved);
	if (!need || need > mode->fb_size || !mode->fb_base ||
	    mode->fb_base % sizeof(uint32_t) || mode->fb_base > ARCH_REACH - GOP_FB_MAX)
		return false;
	if (ranges_overlap(mode->fb_base, MIN(mode->fb_size, GOP_FB_MAX), (uint64_t)image_start,
			   image_size())) {
		efi_ignored(e, "screen", mode->fb_base, mode->fb_size, "overlaps the image");
		return false;
	}
	*fb = (struct boot_fb){
		/* a card may report all of its memory as framebuffer: do not map so much */
		.mem = { mode->fb_base, mode->fb_size > GOP_FB_MAX ? need : mode->fb_size },
		.width = info->width, .height = info->height,
		.stride = 4 * info->pixels_per_line,
		.format = format[info->format],
		.red_mask = info->red, .green_mask = info->green, .blue_mask = info->blue,
	};
	return true;
}

/* The screen to use, described in *fb; NULL: none can be drawn on. */
static struct efi_gop *screen_choose(const struct efi *e, struct boot_fb *fb)
{
	static const struct efi_guid gop = EFI_GRAPHICS_OUTPUT_GUID;
	static const struct efi_guid out = EFI_CONSOLE_OUT_DEVICE_GUID;
	void *handle[GOP_HANDLES];
	uint64_t size = sizeof(handle);
	efi_status_t status = EFI_UNSUPPORTED;
	struct efi_gop *first = NULL;

	if (e->boot->locate_handle)
		status = e->boot->locate_handle(EFI_BY_PROTOCOL, &gop, NULL, &size, handle);
	if (status == EFI_BUFFER_TOO_SMALL) {	/* more screens than handles: take any */
		first = efi_first_protocol(e, &gop);
		return gop_describe(e, first, fb) ? first : NULL;
	}
	if (status != EFI_SUCCESS)
		return NULL;
	/* the user looks at a device that is part of the console; else take the first */
	for (uint64_t i = 0; i < MIN(size, sizeof(handle)) / sizeof(handle[0]); i++) {
		struct efi_gop *one = efi_protocol(e, handle[i], &gop);
		struct boot_fb found;

		if (!gop_describe(e, one, &found))
			continue;
		bool shown = size == sizeof(handle[0]) || handle[i] == e->systab->con_out_handle;

		if (!first) {
			first = one;
			*fb = found;
		}
		if (!shown) {
			void *unused;

			shown = e->boot->handle_protocol(handle[i], &out, &unused) ==
				EFI_SUCCESS;	/* a tag without an interface */
		}
		if (shown) {
			*fb = found;
			return one;
		}
	}
	return first;
}

void efi_find_screen(const struct efi *e, const struct options *o, struct boot_fb *fb)
{
	struct efi_gop *gop = screen_choose(e, fb);

	if (o->video != VIDEO_KEEP)
		efi_set_video(e, o, gop, fb);
}
