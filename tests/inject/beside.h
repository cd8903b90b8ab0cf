/* SPDX-License-Identifier: MIT */
/*
 * beside.h - where an EFI application of the tests finds our image: on the same volume, in
 * \EFI\STUBBORN\, named IMAGE_NAME. Needs no C library. UEFI 2.10, 10.3.
 */
#ifndef BESIDE_H
#define BESIDE_H
#include "lib/efi_protocols.h"

#define PATH_ROOM	1024
#define EFI_DEVICE_PATH_GUID \
	{ 0x09576e91, 0x6d3f, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } }

static const uint16_t image_name[] = u"\\EFI\\STUBBORN\\" IMAGE_NAME;
static _Alignas(8) uint8_t path[PATH_ROOM];

static void node_copy(uint8_t *to, const void *from, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		to[i] = ((const uint8_t *)from)[i];
}

/* The path of our volume, then a node for the file, then the end. False if there is no room. */
static bool path_make(const struct efi_device_path *node)
{
	static const struct efi_device_path end = {
		EFI_PATH_END, EFI_PATH_END_ALL, { sizeof(end), 0 },
	};
	static const struct efi_device_path file = {
		EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE, { sizeof(file) + sizeof(image_name), 0 },
	};
	const uint32_t tail = sizeof(file) + sizeof(image_name) + sizeof(end);
	uint32_t at = 0, size;

	for (; node->type != EFI_PATH_END; node = (const void *)((const uint8_t *)node + size)) {
		size = node->length[0] | (uint32_t)node->length[1] << 8;
		if (size < sizeof(*node) || size > sizeof(path) - tail - at)
			return false;
		node_copy(path + at, node, size);
		at += size;
	}
	node_copy(path + at, &file, sizeof(file));
	node_copy(path + at + sizeof(file), image_name, sizeof(image_name));
	node_copy(path + at + tail - sizeof(end), &end, sizeof(end));
	return true;
}
#endif
