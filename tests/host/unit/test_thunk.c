/* SPDX-License-Identifier: MIT */
/*
 * test_thunk.c - 32-bit firmware as the stub sees it. efi32.S is replaced by firmware that stores
 * pointers of 4 bytes; what it hands out lies below 4 GiB.
 */
#include "arch/x86_64/efi32/thunk.c"
#include "tests/host/unit/low.h"

#define ROOM	4		/* handles that the caller has room for */

static struct {
	efi_status_t status;
	uint32_t handles[2 * ROOM], size;	/* what LocateHandle says */
	uint32_t interface;			/* what there is of any protocol, and of any file */
	uint64_t passed[8];			/* to efi32_third() */
} firmware;

char efi32_allocate_pages[1], efi32_free_pages[1], efi32_get_memory_map[1];
char efi32_locate_device_path[1], efi32_exit_boot_services[1], efi32_set_watchdog_timer[1];
char efi32_get_variable[1], efi32_get_time[1], efi32_load_file[1], efi32_second[1], efi32_close[1];
char efi32_read[1], efi32_get_position[1], efi32_set_position[1];

static efi_status_t answer(void *out)
{
	if (firmware.status == EFI_SUCCESS)
		memcpy(out, &firmware.interface, sizeof(firmware.interface));
	return firmware.status;
}

efi_status_t efi32_handle_protocol(void *handle, const struct efi_guid *guid, void **out)
{
	(void)handle, (void)guid;
	return answer(out);
}

efi_status_t efi32_locate_protocol(const struct efi_guid *guid, void *key, void **out)
{
	(void)guid, (void)key;
	return answer(out);
}

efi_status_t efi32_locate_handle(uint32_t how, const struct efi_guid *guid, void *key,
				 uint64_t *size, void **handles)
{
	(void)how, (void)guid, (void)key;
	if (firmware.status == EFI_SUCCESS)
		memcpy(handles, firmware.handles, MIN(*size, firmware.size));
	memcpy(size, &firmware.size, sizeof(firmware.size));
	return firmware.status;
}

efi_status_t efi32_third(void *self, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f,
			 uint64_t g, uint64_t h)
{
	const uint64_t passed[] = { (uint64_t)self, b, c, d, e, f, g, h };

	memcpy(firmware.passed, passed, sizeof(passed));
	return b > UINT32_MAX ? answer((void *)b) : firmware.status;
}

static struct efi_system_table *systab;
static void *page;

static int begin(void **state)
{
	const struct efi32_system_table theirs = {
		.hdr.revision = 0x20046, .con_out_handle = 7, .con_out = 8, .boot = 9,
		.runtime = 10,
	};

	(void)state;
	memset(&firmware, 0, sizeof(firmware));
	page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	systab = efi_thunk(low_copy(&theirs, sizeof(theirs)), page);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(page);
	return 0;
}

static void test_systab(void **state)
{
	const struct efi32_system_table none = { .hdr.revision = 1 };

	(void)state;
	assert_int_equal(systab->hdr.revision, 0x20046);
	assert_ptr_equal(systab->con_out_handle, POINTER(7));
	assert_int_equal(((struct efi32_object *)systab->con_out)->self, 8);
	assert_ptr_equal(systab->boot->allocate_pages, (void *)efi32_allocate_pages);
	assert_ptr_equal(systab->runtime->get_time, (void *)efi32_get_time);
	assert_true(!systab->boot->free_pool && !systab->tables);
	systab = efi_thunk(low_copy(&none, sizeof(none)), page);
	assert_true(!systab->boot && !systab->runtime && !systab->con_out);
}

/* Firmware's handles fill half of the caller's room, and it must not say that there are more. */
static void test_handles(void **state)
{
	static const struct {
		efi_status_t status;
		uint32_t size, widened;
	} t[] = {
		{ EFI_SUCCESS, 4, 1 }, { EFI_SUCCESS, 4 * ROOM, ROOM }, { EFI_SUCCESS, 0, 0 },
		{ EFI_SUCCESS, 4 * ROOM + 4, ROOM }, { EFI_SUCCESS, 1u << 31, ROOM },
		{ EFI_BUFFER_TOO_SMALL, 4 * ROOM + 4, 0 }, { EFI_NOT_FOUND, 4, 0 },
	};

	(void)state;
	for (uint32_t k = 0; k < ARRAY_SIZE(firmware.handles); k++)
		firmware.handles[k] = 0xf0000000u + k;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		void **handles = exact(ROOM * sizeof(*handles));
		uint64_t size = ROOM * sizeof(*handles);

		firmware.status = t[i].status;
		firmware.size = t[i].size;
		assert_int_equal(systab->boot->locate_handle(EFI_BY_PROTOCOL, NULL, NULL, &size,
							     handles), t[i].status);
		assert_int_equal(size, 2ull * t[i].size);
		for (uint32_t k = 0; k < t[i].widened; k++)
			assert_ptr_equal(handles[k], POINTER(0xf0000000u + k));
		free(handles);
	}
}

static void *protocol(struct efi_guid guid)
{
	void *here = NULL, *first = NULL;

	assert_int_equal(systab->boot->handle_protocol(NULL, &guid, &here), firmware.status);
	assert_int_equal(systab->boot->locate_protocol(&guid, NULL, &first), firmware.status);
	assert_ptr_equal(here, first);
	return here;
}

/* Success without an interface, and failure. */
static void test_none(void **state)
{
	static const struct efi_guid guids[] = {
		EFI_LOADED_IMAGE_GUID, EFI_GRAPHICS_OUTPUT_GUID, EFI_FILE_SYSTEM_GUID,
		EFI_TCG2_GUID, EFI_RNG_GUID,
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(guids); i++) {
		firmware.status = i % 2 ? EFI_NOT_FOUND : EFI_SUCCESS;
		assert_null(protocol(guids[i]));
	}
}

static uint32_t narrow(const void *p)
{
	return (uint32_t)(uint64_t)p;
}

static void test_screen(void **state)
{
	const struct efi32_gop_mode mode = { 3, 2, 0x1000, 36, 0x80000000, 0x300000 };
	struct efi32_gop *gop = low(sizeof(*gop));
	const struct efi_gop *seen;

	(void)state;
	firmware.interface = narrow(gop);
	seen = protocol((struct efi_guid)EFI_GRAPHICS_OUTPUT_GUID);
	assert_true(seen && !seen->mode && !seen->query_mode && !seen->set_mode);
	gop->mode = narrow(low_copy(&mode, sizeof(mode)));
	seen = protocol((struct efi_guid)EFI_GRAPHICS_OUTPUT_GUID);
	assert_true(seen->mode->info == POINTER(0x1000) && seen->mode->info_size == 36);
	assert_true(seen->mode->fb_base == 0x80000000 && seen->mode->fb_size == 0x300000);
}

static void test_image(void **state)
{
	const struct efi32_loaded_image image = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct efi_loaded_image *seen;

	(void)state;
	firmware.interface = narrow(low_copy(&image, sizeof(image)));
	seen = protocol((struct efi_guid)EFI_LOADED_IMAGE_GUID);
	assert_true(seen->device == POINTER(4) && seen->path == POINTER(5));
	assert_true(seen->options_size == 7 && seen->options == POINTER(8));
}

/* The volume, its root and a file are three objects; 64-bit arguments are two words. */
static void test_files(void **state)
{
	struct efi_file *root = NULL, *file = NULL;
	struct efi_file_system *fs;

	(void)state;
	firmware.interface = 100;
	fs = protocol((struct efi_guid)EFI_FILE_SYSTEM_GUID);
	firmware.interface = 101;
	assert_int_equal(fs->open_volume(fs, &root), EFI_SUCCESS);
	firmware.interface = 102;
	assert_int_equal(root->open(root, &file, u"x", 1ull << 63 | 2, 3ull << 32 | 4),
			 EFI_SUCCESS);
	assert_int_equal(((struct efi32_object *)fs)->self, 100);
	assert_int_equal(((struct efi32_object *)root)->self, 101);
	assert_int_equal(((struct efi32_object *)file)->self, 102);
	assert_ptr_equal(file->close, (void *)efi32_close);
	assert_ptr_equal(file->read, (void *)efi32_read);
	assert_ptr_equal(file->get_position, (void *)efi32_get_position);
	assert_ptr_equal(file->set_position, (void *)efi32_set_position);
	assert_true(firmware.passed[3] == (1ull << 63 | 2) && firmware.passed[4] == 1u << 31);
	assert_true(firmware.passed[5] == (3ull << 32 | 4) && firmware.passed[6] == 3);
	firmware.interface = 0;
	file = NULL;
	assert_int_equal(root->open(root, &file, u"x", 1, 0), EFI_SUCCESS);
	assert_null(file);
}

/* The stub keeps the volume while it asks for other protocols. */
static void test_kept(void **state)
{
	static const struct efi_guid others[] = { EFI_RNG_GUID, EFI_TCG2_GUID };
	struct efi_file *root = NULL;
	struct efi_file_system *fs;

	(void)state;
	firmware.interface = 100;
	fs = protocol((struct efi_guid)EFI_FILE_SYSTEM_GUID);
	firmware.interface = 300;
	for (uint32_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_ptr_not_equal(protocol(others[i]), fs);
	firmware.interface = 101;
	assert_int_equal(fs->open_volume(fs, &root), EFI_SUCCESS);
	assert_int_equal(((struct efi32_object *)fs)->self, 100);
	assert_int_equal(((struct efi32_object *)root)->self, 101);
}

static void test_measure(void **state)
{
	static const uint64_t want[] = { 2ull << 32 | 6, 2, 3ull << 32 | 7, 3 };
	struct efi_tcg2 *tpm;

	(void)state;
	firmware.interface = 200;
	tpm = protocol((struct efi_guid)EFI_TCG2_GUID);
	firmware.status = EFI_VOLUME_FULL;
	assert_int_equal(tpm->hash_log_extend_event(tpm, 5, 2ull << 32 | 6, 3ull << 32 | 7, NULL),
			 EFI_VOLUME_FULL);
	assert_true(firmware.passed[1] == 5 && !firmware.passed[2] && !firmware.passed[7]);
	assert_memory_equal(&firmware.passed[3], want, sizeof(want));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_systab), TEST(test_handles), TEST(test_none), TEST(test_screen),
		TEST(test_image), TEST(test_files), TEST(test_kept), TEST(test_measure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
