/* SPDX-License-Identifier: MIT */
/*
 * stb.c - stb_truetype, which needs a few functions of a C library: memory functions are
 * libstubborn's, mathematics is in the CPU's file or picolibc's, and allocation is here.
 */
#include "lib/string.h"
#include "third.h"

#define HEAP	(256 << 10)

double floor(double x);
double ceil(double x);
double sqrt(double x);
double fabs(double x);
double pow(double x, double y);
double fmod(double x, double y);
double cos(double x);
double acos(double x);

static _Alignas(16) uint8_t heap[HEAP];
static size_t heap_used;

static void *take(size_t size)
{
	void *at = heap + heap_used;

	if (size > HEAP - heap_used - 15)
		return NULL;
	heap_used += (size + 15) & ~(size_t)15;
	return at;
}

#define STBTT_ifloor(x)		((int)floor(x))
#define STBTT_iceil(x)		((int)ceil(x))
#define STBTT_sqrt(x)		sqrt(x)
#define STBTT_pow(x, y)		pow(x, y)
#define STBTT_fmod(x, y)	fmod(x, y)
#define STBTT_cos(x)		cos(x)
#define STBTT_acos(x)		acos(x)
#define STBTT_fabs(x)		fabs(x)
#define STBTT_malloc(x, u)	((void)(u), take(x))
#define STBTT_free(x, u)	((void)(x), (void)(u))
#define STBTT_assert(x)		((void)(x))
#define STBTT_strlen(x)		strlen(x)
#define STBTT_memcpy		memcpy
#define STBTT_memset		memset
#define STB_TRUETYPE_IMPLEMENTATION
#include <stb_truetype.h>

int text_draw(uint8_t *picture, const char *text)
{
	stbtt_fontinfo font;
	float scale, x = 4;
	int ascent, advance, bearing, x0, y0, x1, y1;

	if (!stbtt_InitFont(&font, font_file, stbtt_GetFontOffsetForIndex(font_file, 0)))
		return 0;
	scale = stbtt_ScaleForPixelHeight(&font, LINE_HEIGHT - 8);
	stbtt_GetFontVMetrics(&font, &ascent, NULL, NULL);
	for (; *text && x < LINE_WIDTH - LINE_HEIGHT; text++) {
		const int left = (int)x, base = (int)(scale * (float)ascent) + 4;

		stbtt_GetCodepointHMetrics(&font, *text, &advance, &bearing);
		stbtt_GetCodepointBitmapBox(&font, *text, scale, scale, &x0, &y0, &x1, &y1);
		stbtt_MakeCodepointBitmap(&font, picture + (base + y0) * LINE_WIDTH + left + x0,
					  x1 - x0, y1 - y0, LINE_WIDTH, scale, scale, *text);
		heap_used = 0;
		x += scale * (float)advance;
	}
	return (int)x;
}
