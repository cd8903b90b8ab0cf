/* SPDX-License-Identifier: MIT */
/* cases_video.c - video=: which mode is chosen, what modes lie about, how a failed SetMode ends. */
#include "tests/host/fake/cases.h"

#define VIDEO(text, kind)	.f = { NARROW("video=" text), .modes = MODES_##kind }
#define KEPT			.width = 1024, .height = 768
#define NO_MODE(size)		.says = "stubborn: warning: video=" size \
				": the screen has no such mode, 1024x768 is kept"
#define BACK(mode)		.says = "stubborn: warning: video=: mode " mode

const struct fake_case fake_video[] = {
	{ "a mode by its size", VIDEO("800x600", OK), .width = 800, .height = 600, .silent = true },
	{ "the last mode", VIDEO("1280x1024", OK), .width = 1280, .height = 1024, .silent = true },
	{ "the largest mode", VIDEO("max", OK), .width = 1600, .height = 1200, .silent = true },
	{ "the mode in force", VIDEO("1024x768", OK), KEPT, .silent = true },
	{ "the mode in force is not set", VIDEO("1024x768", SET_LOSES), KEPT, .silent = true },
	{ "the mode as it is", VIDEO("keep", SET_LOSES), KEPT, .silent = true },
	{ "the last word counts", VIDEO("max video=keep", SET_LOSES), KEPT, .silent = true },
	{ "no such mode", VIDEO("1600x1024", OK), KEPT, NO_MODE("1600x1024") },
	{ "half of a size", VIDEO("800", OK), .want = EFI_INVALID_PARAMETER,
	  .says = "error: video=800: invalid value" },
	{ "functions that are NULL", VIDEO("800x600", NULL), KEPT,
	  .says = "warning: video=: firmware has no screen whose mode can be set" },
	{ "no screen", .f = { NARROW("video=max"), .gop = GOP_NONE }, .screen = SCREEN_NONE,
	  .says = "warning: video=: firmware has no screen whose mode can be set" },
	{ "two screens: that of the console", .f = { NARROW("video=800x600"), .gop = GOP_TWO },
	  .screen = SCREEN_SECOND, .width = 800, .height = 600 },
	{ "twenty screens", .f = { NARROW("video=800x600"), .gop = GOP_MANY },
	  .width = 800, .height = 600 },

	/* ---- QueryMode lies ---- */
	{ "QueryMode fails", VIDEO("800x600", QUERY_FAILS), KEPT, NO_MODE("800x600") },
	{ "QueryMode gives NULL", VIDEO("800x600", INFO_NULL), KEPT, NO_MODE("800x600") },
	{ "QueryMode gives 16 bytes", VIDEO("800x600", INFO_SMALL), KEPT, NO_MODE("800x600") },
	{ "modes without lines", VIDEO("max", ZERO), KEPT },
	{ "modes that only blit", VIDEO("800x600", BLT), KEPT, NO_MODE("800x600") },
	{ "modes wider than their lines", VIDEO("max", WIDE), KEPT },
	{ "modes whose masks overlap", VIDEO("800x600", MASKS), KEPT, NO_MODE("800x600") },
	{ "modes of 2^64 bytes", VIDEO("max", PRODUCT), KEPT },
	{ "2^32 modes", VIDEO("799x600", ENDLESS), KEPT, NO_MODE("799x600") },
	{ "2^32 modes, the largest", VIDEO("max", ENDLESS), .width = 1600, .height = 1200 },

	/* ---- so does SetMode ---- */
	{ "SetMode fails", VIDEO("800x600", SET_FAILS), KEPT, BACK("2, 800x600, cannot be used") },
	{ "SetMode fails half-way", VIDEO("max", SET_HALF), KEPT, BACK("3, 1600x1200") },
	{ "SetMode does nothing", VIDEO("max", SET_NOT), KEPT, BACK("3, 1600x1200") },
	{ "SetMode sets another mode", VIDEO("max", SET_OTHER), KEPT, BACK("3, 1600x1200") },
	{ "SetMode sets a lower mode", VIDEO("max", SET_LOW), KEPT, BACK("3, 1600x1200") },
	{ "SetMode sets a narrower mode", VIDEO("max", SET_SLIM), KEPT, BACK("3, 1600x1200") },
	{ "SetMode works, and says that it failed", VIDEO("max", SET_DENIED), KEPT,
	  BACK("3, 1600x1200") },
	{ "SetMode leaves too small a framebuffer", VIDEO("max", SET_SHORT), KEPT,
	  BACK("3, 1600x1200") },
	{ "SetMode loses the screen", VIDEO("max", SET_LOSES), .screen = SCREEN_NONE,
	  .says = "warning: video=: the screen is lost" },
};
const uint32_t fake_video_count = ARRAY_SIZE(fake_video);
