/* SPDX-License-Identifier: MIT */
/*
 * protocols.c - what the image finds when it looks for a protocol: none, firmware's, or a
 * bad one of ours. UEFI 2.10, 7.3.
 */
#include "inject.h"
#include "lib/string.h"

#define INITRD_SIZE	3001u		/* test_inject.py knows what is in it */
#define INITRD_STEP	7
#define RNG_STEP	7
#define ABSURD		0xffffffffu

static const struct efi_guid guid_image = EFI_LOADED_IMAGE_GUID;
static const struct efi_guid guid_files = EFI_FILE_SYSTEM_GUID;
static const struct efi_guid guid_gop = EFI_GRAPHICS_OUTPUT_GUID;
static const struct efi_guid guid_rng = EFI_RNG_GUID;
static const struct efi_guid guid_rng_raw = EFI_RNG_RAW_GUID;
static const struct efi_guid guid_tcg = EFI_TCG2_GUID;
static const struct efi_guid guid_load_file = EFI_LOAD_FILE2_GUID;

static bool same(const struct efi_guid *a, const struct efi_guid *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static efi_status_t EFIAPI rng_get(struct efi_rng *self, const struct efi_guid *algorithm,
				   uint64_t size, void *data)
{
	(void)self;
	if (want_kind(rng, RNG_FAILS))
		return EFI_DEVICE_ERROR;
	if (algorithm && same(algorithm, &guid_rng_raw) && want_kind(rng, RNG_NO_RAW))
		return EFI_UNSUPPORTED;
	memset(data, 0xff, size);
	for (uint64_t i = 0; !want_kind(rng, RNG_ONES) && i < size; i++) /* no two words alike */
		((uint8_t *)data)[i] = (uint8_t)(i * i * RNG_STEP + i);
	return EFI_SUCCESS;
}

static efi_status_t EFIAPI tcg_log(struct efi_tcg2 *self, uint32_t format, uint64_t *log,
				   uint64_t *last, bool *truncated)
{
	static _Alignas(8) uint8_t nothing[PAGE_SIZE];

	(void)self;
	(void)format;
	*truncated = false;
	*log = want_kind(tcg, TCG_GARBAGE) ? (uint64_t)nothing : 0;
	*last = 1;
	return want_kind(tcg, TCG_FAILS) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static efi_status_t EFIAPI tcg_measure(struct efi_tcg2 *self, uint64_t flags, uint64_t data,
				       uint64_t size, struct efi_tcg2_event *event)
{
	(void)self;
	(void)flags;
	(void)data;
	(void)size;
	(void)event;
	return want_kind(tcg, TCG_FULL) ? EFI_VOLUME_FULL : EFI_DEVICE_ERROR;
}

static efi_status_t EFIAPI initrd_load(struct efi_load_file2 *self, struct efi_device_path *path,
				       bool boot_policy, uint64_t *size, void *data)
{
	const uint64_t all = want_kind(load, LOAD_HUGE) ? 1ull << 60 :
			     want_kind(load, LOAD_ZERO_TOO_SMALL) ? 0 : INITRD_SIZE;
	const bool half = want_kind(load, LOAD_SECOND_FAILS) || want_kind(load, LOAD_SHRANK);

	(void)self;
	if (path->type != EFI_PATH_END || boot_policy)
		return EFI_INVALID_PARAMETER;
	if (want_kind(load, LOAD_FIRST_FAILS))
		return EFI_DEVICE_ERROR;
	if (!data || *size < all) {
		*size = all;
		return EFI_BUFFER_TOO_SMALL;
	}
	*size = half ? all / 2 : all;
	for (uint64_t i = 0; i < *size; i++)
		((uint8_t *)data)[i] = (uint8_t)(i * INITRD_STEP);
	return want_kind(load, LOAD_SECOND_FAILS) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static struct efi_rng rng = { NULL, rng_get };
static struct efi_tcg2 tcg = { NULL, tcg_log, tcg_measure };
static struct efi_load_file2 load_file = { initrd_load };

static struct efi_gop *bad_gop(void)
{
	static struct efi_gop_info info;
	static struct efi_gop_mode mode;
	static struct efi_gop gop;

	info = (struct efi_gop_info){
		.width = 640, .height = 480, .pixels_per_line = 640,
		.format = want_kind(gop, GOP_BLT) ? EFI_PIXEL_BLT_ONLY : EFI_PIXEL_BGRX,
	};
	if (want_kind(gop, GOP_ABSURD))
		info.width = info.height = info.pixels_per_line = ABSURD;
	mode = (struct efi_gop_mode){
		.info = want_kind(gop, GOP_INFO_NULL) ? NULL : &info,
		.fb_base = PAGE_SIZE, .fb_size = 16 * MIB,
	};
	gop.mode = want_kind(gop, GOP_MODE_NULL) ? NULL : &mode;
	return &gop;
}

/* A protocol of ours in *out, or none (NOT_FOUND). UNSUPPORTED: use firmware's. */
static efi_status_t replaced(const struct efi_guid *guid, void **out)
{
	*out = NULL;
	if ((same(guid, &guid_rng) && want_kind(rng, RNG_NONE)) ||
	    (same(guid, &guid_tcg) && want_kind(tcg, TCG_NONE)) ||
	    (same(guid, &guid_gop) && want_kind(gop, GOP_NONE)))
		return EFI_NOT_FOUND;
	if (same(guid, &guid_rng) && want(fault_rng))
		*out = &rng;
	else if (same(guid, &guid_tcg) && want(fault_tcg))
		*out = &tcg;
	else if (same(guid, &guid_gop) && want(fault_gop))
		*out = bad_gop();
	else if (same(guid, &guid_load_file) && want(fault_load))
		*out = &load_file;
	return *out ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

efi_status_t EFIAPI protocol_handle(void *handle, const struct efi_guid *guid, void **out)
{
	const bool self = same(guid, &guid_image) && handle == inject.child;
	const bool files = same(guid, &guid_files);
	efi_status_t status = replaced(guid, out);

	if (status == EFI_SUCCESS || status == EFI_NOT_FOUND)
		return status == EFI_SUCCESS ? status : EFI_UNSUPPORTED;
	if ((self && want(fault_no_self)) || (files && want_kind(disk, DISK_NO_VOLUME)) ||
	    handle == &inject)
		return EFI_UNSUPPORTED;
	status = inject.boot->handle_protocol(handle, guid, out);
	if (status == EFI_SUCCESS && self)
		*out = image_describe(*out);
	else if (status == EFI_SUCCESS && files)
		*out = files_wrap(*out);
	return status;
}

efi_status_t EFIAPI protocol_locate(const struct efi_guid *guid, void *key, void **out)
{
	efi_status_t status;

	*out = NULL;
	if (want(fault_locate_null))
		return EFI_SUCCESS;
	if (want(fault_fail_LOCATE_PROTOCOL))
		return EFI_NOT_FOUND;
	status = replaced(guid, out);
	return status == EFI_UNSUPPORTED ? inject.boot->locate_protocol(guid, key, out) : status;
}

efi_status_t EFIAPI protocol_handles(uint32_t how, const struct efi_guid *guid, void *key,
				     uint64_t *size, void **handles)
{
	if (want(fault_fail_LOCATE_HANDLE) ||
	    (same(guid, &guid_gop) && want_kind(gop, GOP_NONE)))
		return EFI_NOT_FOUND;
	if (want(fault_locate_many)) {
		*size += sizeof(*handles);
		return EFI_BUFFER_TOO_SMALL;
	}
	if (!same(guid, &guid_gop) || !want(fault_gop))
		return inject.boot->locate_handle(how, guid, key, size, handles);
	*size = sizeof(*handles);
	*handles = &inject;		/* a handle is any address not used otherwise */
	return EFI_SUCCESS;
}

efi_status_t EFIAPI protocol_path(const struct efi_guid *guid, struct efi_device_path **path,
				  void **handle)
{
	if (!same(guid, &guid_load_file) || !want(fault_load))
		return inject.boot->locate_device_path(guid, path, handle);
	*path = (void *)((uint8_t *)*path + (*path)->length[0]);	/* the one node matched */
	*handle = &inject;
	return EFI_SUCCESS;
}
