/* SPDX-License-Identifier: MIT */
/* devices.c - the fake's screens, random numbers, TPM log and variables. */
#include <stdlib.h>
#include <string.h>
#include "lib/image.h"
#include "tests/host/fake/fake.h"

#define FB_WIDTH	1024
#define FB_HEIGHT	768
#define SCREENS		20
#define RED		0xff0000

#define MODES		5
#define MODE_NOW	1

static struct efi_gop gop[SCREENS];
static struct efi_gop_mode gop_mode[SCREENS];
static struct efi_gop_info gop_info[SCREENS];
static uint32_t screens, asked;
static void *small_info;

/* What QueryMode says of a mode, and what the mode is once it has been set. */
static struct efi_gop_info mode_info(uint32_t mode)
{
	static const uint32_t size[MODES][2] = {
		{ 640, 480 }, { FB_WIDTH, FB_HEIGHT }, { 800, 600 }, { 1600, 1200 },
		{ 1280, 1024 },
	};
	const uint32_t *s = size[mode % MODES];

	return (struct efi_gop_info){
		.width = s[0], .height = s[1], .format = EFI_PIXEL_BGRX,
		.pixels_per_line = s[0],
	};
}

static void mode_lie(struct efi_gop_info *i)
{
	switch (fake.f.modes) {
	case MODES_ZERO:
		i->height = 0;
		break;
	case MODES_BLT:
		i->format = EFI_PIXEL_BLT_ONLY;
		break;
	case MODES_WIDE:
		i->pixels_per_line = i->width - 1;
		break;
	case MODES_MASKS:
		i->format = EFI_PIXEL_MASK;
		i->red = i->green = 0xff00;
		i->blue = 0xff;
		i->reserved = 0xff000000;
		break;
	case MODES_PRODUCT:
		i->height = i->pixels_per_line = 1u << 31;
		break;
	}
}

static efi_status_t query_mode(struct efi_gop *self, uint32_t mode, uint64_t *size,
			       struct efi_gop_info **out)
{
	struct efi_gop_info info = mode_info(mode);

	fake_enter("QueryMode", false);
	if (mode >= self->mode->max)
		abort();
	if (fake.f.modes == MODES_QUERY_FAILS)
		return EFI_INVALID_PARAMETER;
	if (fake.f.modes == MODES_INFO_NULL)
		return EFI_SUCCESS;
	mode_lie(&info);
	*size = fake.f.modes == MODES_INFO_SMALL ? 16 : sizeof(info);
	*out = malloc(*size);		/* exact */
	memcpy(*out, &info, *size);
	fake.pools++;
	return EFI_SUCCESS;
}

efi_status_t device_free(void *pool)
{
	fake_enter("FreePool", false);
	free(pool);
	fake.pools--;
	return EFI_SUCCESS;
}

static efi_status_t set_mode(struct efi_gop *self, uint32_t mode)
{
	struct efi_gop_mode *m = self->mode;
	const bool back = mode == MODE_NOW;
	efi_status_t status = EFI_SUCCESS;

	fake_enter("SetMode", false);
	if (fake.f.modes == MODES_SET_FAILS || !m)
		return EFI_DEVICE_ERROR;
	if (fake.f.modes == MODES_SET_NOT && !back)
		return EFI_SUCCESS;
	if (fake.f.modes == MODES_SET_OTHER && !back)
		mode = 0;
	if (mode >= m->max)
		return EFI_UNSUPPORTED;
	m->mode = mode;
	*m->info = mode_info(mode);
	m->fb_size = 4ull * m->info->width * m->info->height;
	if (fake.f.modes == MODES_SET_HALF && !back) {
		m->info->format = EFI_PIXEL_BLT_ONLY;
		status = EFI_DEVICE_ERROR;
	}
	if (fake.f.modes == MODES_SET_LOW && !back)
		m->info->height--;
	if (fake.f.modes == MODES_SET_SLIM && !back)
		m->info->width--;
	if (fake.f.modes == MODES_SET_DENIED && !back)
		status = EFI_DEVICE_ERROR;
	if (fake.f.modes == MODES_SET_SHORT && !back)
		m->fb_size--;
	if (fake.f.modes == MODES_SET_LOSES)
		self->mode = NULL;
	return status;
}

static void screen_start(uint32_t i)
{
	gop_info[i] = (struct efi_gop_info){
		.width = FB_WIDTH, .height = FB_HEIGHT, .format = EFI_PIXEL_BGRX,
		.pixels_per_line = FB_WIDTH,
	};
	gop_mode[i] = (struct efi_gop_mode){
		.max = fake.f.modes == MODES_ENDLESS ? UINT32_MAX : MODES, .mode = MODE_NOW,
		.info = &gop_info[i], .info_size = sizeof(gop_info[i]),
		.fb_base = FAKE_FB(i), .fb_size = FB_WIDTH * FB_HEIGHT * 4,
	};
	gop[i] = (struct efi_gop){ .mode = &gop_mode[i] };
	if (fake.f.modes != MODES_NULL) {
		gop[i].query_mode = query_mode;
		gop[i].set_mode = set_mode;
	}
}

static void masks_start(uint32_t kind)
{
	static const uint32_t masks[GOPS][4] = {	/* red, green, blue, reserved */
		[GOP_565] = { 0xf800, 0x7e0, 0x1f, 0 },
		[GOP_888] = { 0xff0000, 0xff00, 0xff, 0 },
		[GOP_OVERLAP] = { 0xff0000, 0x1ff00, 0xff, 0xff000000 },
		[GOP_HOLE] = { 0xff0000, 0xef00, 0xff, 0xff000000 },
		[GOP_NO_RED] = { 0, 0xff00, 0xff, 0xff000000 },
		[GOP_IN_RESERVED] = { 0xff0000, 0xff00, 0xff, 0xff800000 },
		[GOP_8888] = { 0xff0000, 0xff00, 0xff, 0xff000000 },
		[GOP_2101010] = { 0x3ff00000, 0xffc00, 0x3ff, 0 },
	};
	struct efi_gop_info *info = &gop_info[0];

	if (kind >= GOPS || !masks[kind][2])
		return;
	info->format = EFI_PIXEL_MASK;
	info->red = masks[kind][0];
	info->green = masks[kind][1];
	info->blue = masks[kind][2];
	info->reserved = masks[kind][3];
}

static void mode_start(uint32_t kind)
{
	struct efi_gop_mode *m = &gop_mode[0];

	switch (kind) {
	case GOP_SHORT:
		m->fb_size--;
		break;
	case GOP_LARGE_BAR:	/* all of the card's memory */
		m->fb_size = 8 * GIB;
		break;
	case GOP_MODE_NULL:
		gop[0].mode = NULL;
		break;
	case GOP_INFO_NULL:
		m->info = NULL;
		break;
	case GOP_BLT:
		gop_info[0].format = EFI_PIXEL_BLT_ONLY;
		break;
	case GOP_INFO_SMALL:	/* with only as many bytes as SizeOfInfo says */
		m->info_size = 16;
		small_info = m->info = malloc(m->info_size);
		memcpy(m->info, &gop_info[0], m->info_size);
		break;
	case GOP_ABSURD:
		m->fb_size = 1ull << 60;
		gop_info[0].height = 0x10000000;
		gop_info[0].pixels_per_line = 0x10000000;
		break;
	case GOP_FAR:
		m->fb_base = 1ull << 50;
		break;
	case GOP_IMAGE:		/* ends in it */
		m->fb_base = (uint64_t)image_start + PAGE_SIZE - m->fb_size;
		break;
	case GOP_WIDE:
		gop_info[0].width = FB_WIDTH + 1;
		break;
	case GOP_WRAPS:
		m->fb_base = UINT64_MAX - 0xfff;
		break;
	case GOP_PRODUCT:	/* 2^64 bytes: the product is 0 in 64 bits */
		gop_info[0].height = gop_info[0].pixels_per_line = 1u << 31;
		break;
	}
}

void devices_start(void)
{
	screens = fake.f.gop == GOP_NONE ? 0 : fake.f.gop == GOP_TWO ? 2 :
		  fake.f.gop == GOP_MANY || fake.f.gop == GOP_SAYS_MORE ? SCREENS : 1;
	asked = 0;
	free(small_info);
	small_info = NULL;
	for (uint32_t i = 0; i < SCREENS; i++)
		screen_start(i);
	masks_start(fake.f.gop);
	mode_start(fake.f.gop);
}

efi_status_t device_handles(uint64_t *size, void **handles)
{
	const uint64_t room = *size, need = screens * sizeof(void *);

	if (!screens)
		return EFI_NOT_FOUND;
	*size = need;
	if (fake.f.gop == GOP_GROWS && !asked++)	/* one handle more in the second call */
		*size = room + sizeof(void *);
	if (room < *size && fake.f.gop != GOP_SAYS_MORE)
		return EFI_BUFFER_TOO_SMALL;
	for (uint32_t i = 0; i < screens && i < room / sizeof(void *); i++)
		handles[i] = &gop[i];
	return EFI_SUCCESS;
}

void *device_gop(void *handle)
{
	if (fake.f.gop == GOP_INTERFACE_NULL)
		return NULL;
	for (uint32_t i = 0; i < screens; i++)
		if (!handle || handle == &gop[i])
			return &gop[i];
	return NULL;
}

bool device_has(void *handle)
{
	for (uint32_t i = 0; i < screens; i++)
		if (handle == &gop[i])
			return true;
	return false;
}

bool device_is_console(void *handle)
{
	return fake.f.gop == GOP_TWO && handle == &gop[1];
}

static efi_status_t get_rng(struct efi_rng *self, const struct efi_guid *algorithm,
			    uint64_t size, void *data)
{
	(void)self;
	fake_enter("GetRNG", false);
	if (fake.f.rng == RNG_FAILS || (fake.f.rng == RNG_NO_RAW && algorithm))
		return EFI_UNSUPPORTED;
	if (fake.f.rng == RNG_ONES || (fake.f.rng == RNG_RAW_ONES && algorithm)) {
		memset(data, 0xff, size);
		return EFI_SUCCESS;
	}
	if (fake.f.rng == RNG_HALF || fake.f.rng == RNG_PART)
		size /= 2;
	for (uint64_t i = 0; fake.f.rng != RNG_NOTHING && i < size; i++)
		((uint8_t *)data)[i] = (uint8_t)(0x5a + i * i * 7 + i);
	return fake.f.rng == RNG_HALF ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

struct efi_rng fake_rng = { .get_rng = get_rng };

/* A log of one entry in TCG 1.2's format: PCR, type, SHA-1, size, event. */
static efi_status_t get_event_log(struct efi_tcg2 *self, uint32_t format, uint64_t *log,
				  uint64_t *last, bool *truncated)
{
	static uint32_t entry[16] = { [1] = 3, [7] = 32 };

	(void)self;
	fake_enter("GetEventLog", false);
	if (fake.f.tcg != TCG_UNTOLD)
		*truncated = fake.f.tcg == TCG_TRUNCATED;
	if (fake.f.tcg == TCG_FAILS || (fake.f.tcg == TCG_1_2 && format != EFI_TCG2_LOG_1_2))
		return EFI_UNSUPPORTED;
	*log = fake.f.tcg == TCG_NULL ? 0 : (uint64_t)entry;
	*last = fake.f.tcg == TCG_GARBAGE ? (uint64_t)entry - 4096 : *log;
	return EFI_SUCCESS;
}

static efi_status_t hash_log_extend_event(struct efi_tcg2 *self, uint64_t flags, uint64_t data,
					  uint64_t size, struct efi_tcg2_event *event)
{
	const uint8_t *p = (const uint8_t *)data;
	uint8_t digest = 0;

	(void)self;
	fake_enter("HashLogExtendEvent", false);
	if (fake.f.tree >= TREE_INITRD && !memory_owned(data, size))
		size = 0;			/* the tree's initrd: there is nothing after it */
	for (uint64_t i = 0; i < size; i++)	/* all of it can be read */
		digest ^= p[i];
	__asm__ volatile("" :: "r"(digest));
	if (flags || event->header_version != 1)
		fake_complain("HashLogExtendEvent(%lu)", flags);
	return fake.f.tcg == TCG_FAILS ? EFI_DEVICE_ERROR :
	       fake.f.tcg == TCG_FULL ? EFI_VOLUME_FULL : EFI_SUCCESS;
}

struct efi_tcg2 fake_tcg2 = {
	.get_event_log = get_event_log, .hash_log_extend_event = hash_log_extend_event,
};

efi_status_t device_variable(const uint16_t *name, const struct efi_guid *vendor,
			     uint32_t *attributes, uint64_t *size, void *data)
{
	const uint64_t room = *size;

	(void)vendor;
	(void)attributes;
	switch (fake.f.variables) {
	case VARS_SECURE:
	case VARS_SETUP:
		if (room < 1)
			break;
		*size = 1;
		*(uint8_t *)data = (fake.f.variables == VARS_SECURE) == (name[2] == 'c');
		return EFI_SUCCESS;
	case VARS_FAIL:
		*(uint8_t *)data = 1;		/* half-way */
		return EFI_DEVICE_ERROR;
	case VARS_EMPTY:
		*size = 0;
		return EFI_SUCCESS;
	case VARS_LONG:
		*size = 8;
		return EFI_BUFFER_TOO_SMALL;
	}
	return EFI_NOT_FOUND;
}
