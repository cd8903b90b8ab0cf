/* SPDX-License-Identifier: MIT */
/*
 * fragment.c - an EFI application that makes firmware's memory map long, then starts our image.
 *
 * Runs as \EFI\BOOT\BOOT<isa>.EFI and never frees: it takes every second page of a free range,
 * with types that the image must tell apart. The image is on the same volume under
 * \EFI\STUBBORN\ with the same name, so it has its own command line. UEFI 2.10, 7.2 and 7.4.
 */
#include "tests/inject/beside.h"

#define MAP_ROOM	(64 * KIB)	/* firmware's map before that */

static _Alignas(8) uint8_t map[MAP_ROOM];

/*
 * tests/vm/fragmented.py looks for the text and changes the number, of pages to take. As many stay
 * free between them.
 */
static const volatile struct {
	char text[8];
	uint64_t pages;
} taken = { "TAKEN is", 5000 };

efi_status_t EFIAPI efi_main(void *self, struct efi_system_table *systab);

static efi_status_t say(const struct efi_system_table *systab, const uint16_t *text,
			efi_status_t status)
{
	if (systab->con_out)
		(void)systab->con_out->output_string(systab->con_out, text);
	return status;
}

/* The largest free range; size 0 if there is no map. */
static struct efi_memory_descriptor largest(const struct efi_boot_services *boot)
{
	uint64_t size = sizeof(map), key, desc_size;
	struct efi_memory_descriptor best = { .pages = 0 };
	uint32_t version;

	if (boot->get_memory_map(&size, map, &key, &desc_size, &version) != EFI_SUCCESS)
		return best;
	for (uint64_t at = 0; at < size; at += desc_size) {
		const struct efi_memory_descriptor *d = (const void *)(map + at);

		if (d->type == EFI_CONVENTIONAL && d->pages > best.pages)
			best = *d;
	}
	return best;
}

/*
 * From the bottom up, as firmware searches its lists from the top. One type in
 * three is never freed and splits what the image would map in one piece.
 */
static efi_status_t fragment(const struct efi_boot_services *boot)
{
	static const uint32_t types[] = { EFI_RESERVED, EFI_LOADER_DATA, EFI_BOOT_DATA };
	const struct efi_memory_descriptor range = largest(boot);
	const uint64_t n = taken.pages;

	if (range.pages < 4 * n)
		return EFI_OUT_OF_RESOURCES;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = range.physical_start + (2 * i + 1) * PAGE_SIZE;
		efi_status_t status = boot->allocate_pages(EFI_ALLOCATE_ADDRESS,
							   types[i % ARRAY_SIZE(types)], 1, &at);

		if (status != EFI_SUCCESS)
			return status;
	}
	return EFI_SUCCESS;
}

static void *protocol(const struct efi_boot_services *boot, void *handle,
		      const struct efi_guid *guid)
{
	void *found = NULL;

	return boot->handle_protocol(handle, guid, &found) == EFI_SUCCESS ? found : NULL;
}

/* lib/efi.h has these two as void pointers: the image itself never calls them. */
static efi_status_t load(const struct efi_boot_services *boot, void *parent, void **image)
{
	efi_status_t (EFIAPI *load_image)(bool boot_policy, void *parent, void *path, void *source,
					  uint64_t size, void **image) = boot->load_image;

	return load_image(false, parent, path, NULL, 0, image);
}

static efi_status_t start(const struct efi_boot_services *boot, void *image)
{
	efi_status_t (EFIAPI *start_image)(void *image, uint64_t *size, uint16_t **data) =
		boot->start_image;

	return start_image(image, NULL, NULL);
}

efi_status_t EFIAPI efi_main(void *self, struct efi_system_table *systab)
{
	static const struct efi_guid loaded_image = EFI_LOADED_IMAGE_GUID;
	static const struct efi_guid device_path = EFI_DEVICE_PATH_GUID;
	const struct efi_boot_services *boot = systab->boot;
	const struct efi_loaded_image *image = protocol(boot, self, &loaded_image);
	const struct efi_device_path *volume =
		image ? protocol(boot, image->device, &device_path) : NULL;
	efi_status_t status;
	void *child;

	if (!volume || !path_make(volume))
		return say(systab, u"fragment: no path\r\n", EFI_NOT_FOUND);
	status = load(boot, self, &child);
	if (status != EFI_SUCCESS)
		return say(systab, u"fragment: no image\r\n", status);
	status = fragment(boot);
	if (status != EFI_SUCCESS)
		return say(systab, u"fragment: no pages\r\n", status);
	return start(boot, child);
}
