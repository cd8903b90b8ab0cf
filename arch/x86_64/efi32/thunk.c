/* SPDX-License-Identifier: MIT */
/*
 * thunk.c - makes 32-bit firmware look like 64-bit firmware, so that the stub need not know.
 *
 * Runs in long mode with entry_map()'s tables, from the entry until firmware is left; not relocated
 * at first. It covers what the stub uses, as the stub uses it: one volume, one file at a time, and
 * one other protocol with functions.
 */
#include "efi32.h"
#include "arch/boot.h"

#define POINTER(x)	((void *)(uint64_t)(x))

struct thunk {
	struct efi_system_table systab;
	struct efi_boot_services boot;
	struct efi_runtime_services runtime;
	struct efi_configuration_table table[EFI32_TABLES];
	struct efi_loaded_image image;
	struct efi_gop gop;
	struct efi_gop_mode gop_mode;
	struct efi32_object text, tpm;	/* in use while others are */
	struct efi32_object file[3];	/* the file system, which the stub keeps; root; a file */
	struct efi32_object object;	/* another protocol */
};
_Static_assert(sizeof(struct thunk) <= PAGE_SIZE, "what efi32.S allocates");

static struct thunk *thunk __attribute__((section(".data")));

static void *thunk_object(struct efi32_object *o, const void *self)
{
	o->function[0] = efi32_load_file;
	o->function[1] = efi32_second;
	o->self = (uint64_t)self;
	return o;
}

/* Opens something that is an object itself, which takes the next place in file[]. */
static efi_status_t EFIAPI thunk_open(struct efi32_object *self, void **out, const void *name,
				      uint64_t mode, uint64_t attributes);

static void *thunk_file(struct efi32_object *o, const void *self)
{
	o->function[1] = thunk_open;		/* for the file system: OpenVolume */
	o->function[2] = efi32_close;
	o->function[4] = efi32_read;
	o->function[6] = efi32_get_position;
	o->function[7] = efi32_set_position;
	o->self = (uint64_t)self;
	return o;
}

static efi_status_t EFIAPI thunk_open(struct efi32_object *self, void **out, const void *name,
				      uint64_t mode, uint64_t attributes)
{
	efi_status_t status = efi32_third(self, (uint64_t)out, (uint64_t)name, mode, mode >> 32,
					  attributes, attributes >> 32, 0);

	if (status == EFI_SUCCESS && *out)
		*out = thunk_file(self + 1, *out);
	return status;
}

/* HashLogExtendEvent */
static efi_status_t EFIAPI thunk_log(struct efi32_object *self, uint64_t flags, uint64_t data,
				     uint64_t size, const void *event)
{
	return efi32_third(self, flags, flags >> 32, data, data >> 32, size, size >> 32,
			   (uint64_t)event);
}

static void *thunk_image(const struct efi32_loaded_image *theirs)
{
	thunk->image = (struct efi_loaded_image){
		.revision = theirs->revision,
		.device = POINTER(theirs->device), .path = POINTER(theirs->path),
		.options_size = theirs->options_size, .options = POINTER(theirs->options),
	};
	return &thunk->image;
}

static void *thunk_gop(const struct efi32_gop *theirs)
{
	const struct efi32_gop_mode *m = POINTER(theirs->mode);

	thunk->gop.mode = NULL;
	if (m) {
		thunk->gop_mode = (struct efi_gop_mode){
			.info = POINTER(m->info), .info_size = m->info_size,
			.fb_base = m->fb_base, .fb_size = m->fb_size,
		};
		thunk->gop.mode = &thunk->gop_mode;
	}
	return &thunk->gop;
}

static void *thunk_protocol(const struct efi_guid *guid, void *theirs)
{
	static const struct efi_guid image = EFI_LOADED_IMAGE_GUID;
	static const struct efi_guid gop = EFI_GRAPHICS_OUTPUT_GUID;
	static const struct efi_guid files = EFI_FILE_SYSTEM_GUID;
	static const struct efi_guid tcg2 = EFI_TCG2_GUID;

	if (!theirs)
		return NULL;
	if (guid->a == image.a)		/* the first word tells apart all that we use */
		return thunk_image(theirs);
	if (guid->a == gop.a)
		return thunk_gop(theirs);
	if (guid->a == files.a)
		return thunk_file(thunk->file, theirs);
	if (guid->a == tcg2.a) {
		thunk->tpm.function[2] = thunk_log;
		return thunk_object(&thunk->tpm, theirs);
	}
	return thunk_object(&thunk->object, theirs);
}

static efi_status_t EFIAPI thunk_handle_protocol(void *handle, const struct efi_guid *guid,
						 void **out)
{
	efi_status_t status = efi32_handle_protocol(handle, guid, out);

	if (status == EFI_SUCCESS)
		*out = thunk_protocol(guid, *out);
	return status;
}

static efi_status_t EFIAPI thunk_locate_protocol(const struct efi_guid *guid, void *key,
						 void **out)
{
	efi_status_t status = efi32_locate_protocol(guid, key, out);

	if (status == EFI_SUCCESS)
		*out = thunk_protocol(guid, *out);
	return status;
}

/* Firmware fills the first half of the buffer. Widen from the end. */
static efi_status_t EFIAPI thunk_locate_handle(uint32_t how, const struct efi_guid *guid,
					       void *key, uint64_t *size, void **handles)
{
	const uint32_t *narrow = (const uint32_t *)handles;
	const uint64_t room = *size /= 2;
	efi_status_t status;

	status = efi32_locate_handle(how, guid, key, size, handles);
	if (status == EFI_SUCCESS)
		for (uint64_t i = MIN(*size, room) / sizeof(*narrow); i--;)
			handles[i] = POINTER(narrow[i]);
	*size *= 2;
	return status;
}

static void thunk_services(void)
{
	thunk->boot.allocate_pages = (void *)efi32_allocate_pages;
	thunk->boot.free_pages = (void *)efi32_free_pages;
	thunk->boot.get_memory_map = (void *)efi32_get_memory_map;
	thunk->boot.handle_protocol = thunk_handle_protocol;
	thunk->boot.locate_handle = thunk_locate_handle;
	thunk->boot.locate_device_path = (void *)efi32_locate_device_path;
	thunk->boot.exit_boot_services = (void *)efi32_exit_boot_services;
	thunk->boot.set_watchdog_timer = (void *)efi32_set_watchdog_timer;
	thunk->boot.locate_protocol = thunk_locate_protocol;
	thunk->runtime.get_time = (void *)efi32_get_time;
	thunk->runtime.get_variable = (void *)efi32_get_variable;
}

struct efi_system_table *efi_thunk(const struct efi32_system_table *theirs, void *page)
{
	struct efi_system_table *t;

	arch_fill(page, 0, PAGE_SIZE / sizeof(uint64_t));
	thunk = page;
	t = &thunk->systab;
	t->hdr = theirs->hdr;
	t->vendor = POINTER(theirs->vendor);
	t->firmware_revision = theirs->firmware_revision;
	t->con_out_handle = POINTER(theirs->con_out_handle);
	if (theirs->con_out)
		t->con_out = thunk_object(&thunk->text, POINTER(theirs->con_out));
	if (theirs->boot)
		t->boot = &thunk->boot;
	if (theirs->runtime)
		t->runtime = &thunk->runtime;
	t->tables = efi32_tables(POINTER(theirs->table), theirs->tables, thunk->table,
				 EFI32_TABLES);
	t->table = thunk->table;
	thunk_services();
	return t;
}
