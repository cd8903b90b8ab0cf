/* SPDX-License-Identifier: MIT */
/*
 * image.c - what the image learns about itself: the loaded image protocol and its load options.
 * UEFI 2.10, 9.1 and 3.1.3.
 */
#include "inject.h"
#include "lib/string.h"

#define GARBAGE		(64 * KIB)
#define BOGUS		0x123450000ull
#define ACTIVE		1		/* EFI_LOAD_OPTION's Attributes */

static struct efi_loaded_image told;
static _Alignas(8) uint8_t options[GARBAGE];
static struct efi_device_path endless = { EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE, { 0, 0 } };

/* The command line, a byte or two a character, with its end; bytes written. */
static uint32_t put_text(uint8_t *out, uint32_t width)
{
	uint32_t at = 0;
	const char *s = inject.cmdline;

	do {
		out[at] = (uint8_t)*s;
		if (width == 2)
			out[at + 1] = 0;
		at += width;
	} while (*s++);
	return at;
}

static uint32_t put_garbage(void)
{
	uint64_t x = want(fault_opt_garbage) * 0x9e3779b97f4a7c15ull;

	for (uint32_t i = 0; i < GARBAGE; i++) {	/* xorshift64 */
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		options[i] = (uint8_t)(x >> 24);
	}
	return GARBAGE;
}

static uint32_t put_blob(void)
{
	static const uint16_t name[] = u"a boot entry";
	static const struct efi_device_path end = {
		EFI_PATH_END, EFI_PATH_END_ALL, { sizeof(end), 0 },
	};
	static const struct {
		uint32_t attributes;
		uint16_t path_size;
	} __attribute__((packed)) head = { ACTIVE, sizeof(end) };
	uint32_t at = sizeof(head) + sizeof(name);

	memcpy(options, &head, sizeof(head));
	memcpy(options + sizeof(head), name, sizeof(name));
	memcpy(options + at, &end, sizeof(end));
	at += sizeof(end);
	return at + put_text(options + at, 2);
}

static void describe_options(void)
{
	told.options = options;
	if (want(fault_opt_none)) {
		told.options_size = 0;
	} else if (want(fault_options_null)) {
		told.options = NULL;
		told.options_size = (uint32_t)want(fault_options_null);
	} else if (want(fault_opt_odd)) {
		told.options = options + 1;
		told.options_size = put_text(options + 1, 2) - 1;
	} else if (want(fault_opt_garbage)) {
		told.options_size = put_garbage();
	} else if (want(fault_opt_blob)) {
		told.options_size = put_blob();
	} else {
		told.options_size = put_text(options, want(fault_opt_8bit) ? 1 : 2);
	}
}

struct efi_loaded_image *image_describe(struct efi_loaded_image *real)
{
	told = *real;
	describe_options();
	if (want(fault_no_device))
		told.device = NULL;
	if (want_kind(path, PATH_NULL))
		told.path = NULL;
	if (want_kind(path, PATH_LENGTH_0))
		told.path = &endless;
	if (want(fault_bad_base)) {
		told.base = (void *)BOGUS;
		told.size = 1;
	}
	return &told;
}
