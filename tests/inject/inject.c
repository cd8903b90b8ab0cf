/* SPDX-License-Identifier: MIT */
/*
 * inject.c - starts our image on real firmware once for each case of a list, with that case's
 * faults, and reports how it returned. A case that is survived does not return.
 *
 * Runs as \EFI\BOOT\BOOT<isa>.EFI. The list is \EFI\INJECT\CASES.TXT, the image
 * \EFI\STUBBORN\ and our own name; both on our volume. See faults.c for a line's form.
 */
#include "inject.h"
#include "beside.h"
#include "lib/print.h"

#define LIST_ROOM	(16 * KIB)
#define LINE_ROOM	256

static const uint16_t list_name[] = u"\\EFI\\INJECT\\CASES.TXT";
static char list[LIST_ROOM];

struct inject inject;

efi_status_t EFIAPI efi_main(void *self, struct efi_system_table *systab);

void say(const char *fmt, ...)
{
	char line[LINE_ROOM];
	uint16_t wide[LINE_ROOM + 2], *to = wide;
	va_list ap;

	va_start(ap, fmt);
	text_vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (const char *s = line; *s; s++)
		*to++ = (uint8_t)*s;
	*to++ = '\r';
	*to++ = '\n';
	*to = 0;
	if (inject.out) {
		(void)inject.out->output_string(inject.out, wide);
		return;
	}
	for (const uint16_t *s = wide; *s; s++)
		cpu_put((char)*s);
}

static void *protocol(void *handle, const struct efi_guid *guid)
{
	void *found = NULL;

	return inject.boot->handle_protocol(handle, guid, &found) == EFI_SUCCESS ? found : NULL;
}

/* The list of cases; its length, 0 if it cannot be read. */
static uint64_t list_read(void *volume)
{
	static const struct efi_guid guid = EFI_FILE_SYSTEM_GUID;
	struct efi_file_system *fs = protocol(volume, &guid);
	struct efi_file *root, *file;
	uint64_t size = sizeof(list);

	if (!fs || fs->open_volume(fs, &root) != EFI_SUCCESS)
		return 0;
	if (root->open(root, &file, list_name, EFI_FILE_READ_ONLY, 0) != EFI_SUCCESS)
		return 0;
	if (file->read(file, &size, list) != EFI_SUCCESS)
		size = 0;
	(void)file->close(file);
	(void)root->close(root);
	return size;
}

/* lib/efi.h has these two as void pointers: the image itself never calls them. */
static efi_status_t load(void)
{
	efi_status_t (EFIAPI *load_image)(bool boot_policy, void *parent, void *path, void *source,
					  uint64_t size, void **image) = inject.boot->load_image;

	return load_image(false, inject.self, path, NULL, 0, &inject.child);
}

static efi_status_t start(void)
{
	efi_status_t (EFIAPI *start_image)(void *image, uint64_t *size, uint16_t **data) =
		inject.boot->start_image;

	return start_image(inject.child, NULL, NULL);
}

/* What was left behind when the image returned: one line, after `returned`. */
static void verdict(efi_status_t status, uint64_t before)
{
	const uint64_t loader = pages_of_loader() - before, kept = pages_settle();

	if (!kept && !loader && !inject.files && !inject.strays)
		say("inject: %s: returned 0x%llx, ledger clean", inject.name,
		    (unsigned long long)status);
	else
		say("inject: %s: returned 0x%llx, kept %llu pages, firmware counts %lld, %u files; "
		    "%u strays", inject.name, (unsigned long long)status,
		    (unsigned long long)kept, (long long)loader, inject.files, inject.strays);
}

static void run_case(void)
{
	const uint64_t vectors = cpu_vectors();
	efi_status_t status = load();
	uint64_t before;

	say("inject: %s: start", inject.name);
	if (status != EFI_SUCCESS) {
		say("inject: %s: not loaded, 0x%llx", inject.name, (unsigned long long)status);
		return;
	}
	inject.strays = 0;
	files_start();
	leave_start();
	map_start();
	pages_start();
	before = pages_of_loader();
	tables_install();
	status = start();
	tables_remove();
	inject.strays += cpu_vectors() != vectors;	/* firmware would not see its exceptions */
	verdict(status, before);
}

efi_status_t EFIAPI efi_main(void *self, struct efi_system_table *systab)
{
	static const struct efi_guid loaded_image = EFI_LOADED_IMAGE_GUID;
	static const struct efi_guid device_path = EFI_DEVICE_PATH_GUID;
	const struct efi_loaded_image *image;
	const struct efi_device_path *volume;
	uint64_t size, from = 0;

	inject.systab = systab;
	inject.boot = systab->boot;
	inject.out = systab->con_out;
	inject.self = self;
	image = protocol(self, &loaded_image);
	volume = image ? protocol(image->device, &device_path) : NULL;
	size = volume && path_make(volume) ? list_read(image->device) : 0;
	for (uint64_t i = 0; i < size; i++) {
		if (list[i] != '\n')
			continue;
		if (case_parse(list + from, (uint32_t)(i - from)))
			run_case();
		from = i + 1;
	}
	say("inject: %s", size ? "done" : "no list");
	return EFI_NOT_FOUND;
}
