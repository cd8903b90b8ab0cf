/* SPDX-License-Identifier: MIT */
/* test_utf.c - the converters against the C library's iconv, and noise through all of it. */
#include "tests/host/unit/unit.h"
#include "stub/cmdline.h"
#include "lib/utf.h"
#include <iconv.h>

/* As iconv sees it: the whole of in[] is well-formed `from`; converted to out[]. */
static bool oracle(const char *from, const char *to, const void *in, size_t size, char *out,
		   size_t cap, size_t *len)
{
	iconv_t cd = iconv_open(to, from);
	char *src = (char *)(uintptr_t)in, *dst = out;
	size_t left = size, room = cap;
	bool ok;

	assert_true(cd != (iconv_t)-1);
	ok = iconv(cd, &src, &left, &dst, &room) != (size_t)-1;
	iconv_close(cd);
	*len = cap - room;
	return ok;
}

static uint32_t random_char(uint64_t *seed)
{
	static const uint32_t limit[] = { 0x80, 0x800, 0x10000, 0x110000 };
	uint32_t c;

	do
		c = rnd_below(seed, limit[rnd_below(seed, 4)]);
	while (!c || (c >= 0xd800 && c < 0xe000));
	return c;
}

static void test_all_characters(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 61) {
		char ours[UTF_MAX], theirs[8];
		size_t len;
		uint32_t n = utf8_put(ours, c);
		struct utf_text t = { (const uint8_t *)ours, n, UTF_8 };

		if (c >= 0xd800 && c < 0xe000)
			continue;
		assert_true(oracle("UTF-32LE", "UTF-8", &c, 4, theirs, sizeof(theirs), &len));
		assert_int_equal(n, len);
		assert_memory_equal(ours, theirs, n);
		assert_int_equal(utf_next(&t), c);
		assert_int_equal(utf_next(&t), UTF_END);
	}
}

/* Any four bytes: good for us exactly if they are for iconv. */
static void test_all_sequences(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (uint32_t round = 0; round < 300000; round++) {
		static const uint8_t heads[] = { 0, 0xc0, 0xe0, 0xf0, 0x80 };
		uint8_t in[UTF_MAX], *copy = exact(UTF_MAX);
		uint32_t size = 1 + rnd_below(&seed, UTF_MAX), c;
		struct utf_text t = { copy, size, UTF_8 };
		char out[32];
		size_t len;
		bool good = true;

		for (uint32_t i = 0; i < size; i++)
			in[i] = (uint8_t)(i ? 0x80 | rnd_below(&seed, 0x48)
					    : heads[rnd_below(&seed, 5)] | rnd_below(&seed, 0x20));
		memcpy(copy, in, size);
		t.at = copy + UTF_MAX - size;	/* the end of the block is the end of the text */
		memcpy(copy + UTF_MAX - size, in, size);
		while ((c = utf_next(&t)) != UTF_END)
			good &= c != UTF_BAD;
		if (good != oracle("UTF-8", "UTF-32LE", in, size, out, sizeof(out), &len))
			fail_msg("%02x %02x %02x %02x of %u", in[0], in[1], in[2], in[3], size);
		free(copy);
	}
}

static void test_utf16(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (uint32_t round = 0; round < 3000; round++) {
		uint32_t chars[20], n = rnd_below(&seed, 20), len, cap = 100;
		char units[80], want[100] = "", *out = exact(cap);
		size_t size, want_len;
		uint8_t *odd;
		bool cut = true;

		for (uint32_t i = 0; i < n; i++)
			chars[i] = random_char(&seed);
		assert_true(oracle("UTF-32LE", "UTF-16LE", chars, n * 4, units, 80, &size));
		assert_true(oracle("UTF-32LE", "UTF-8", chars, n * 4, want, 99, &want_len));
		odd = exact(size + 1);
		memcpy(odd + 1, units, size);
		len = utf8_from_utf16(odd + 1, (uint32_t)size / 2, out, cap, &cut);
		assert_int_equal(len, want_len);
		assert_memory_equal(out, want, len + 1);
		assert_false(cut);
		free(odd);
		free(out);
	}
}

static void test_utf16_ends(void **state)
{
	static const uint16_t low[] = { 0xdc00, 0xdc00 };	/* no pair */
	char out[8], none[1] = "x";
	bool cut;

	(void)state;
	assert_int_equal(utf8_from_utf16(u"ab\0cd", 5, out, sizeof(out), &cut), 2);
	assert_false(cut);
	assert_int_equal(utf8_from_utf16(u"abcdefgh", 8, out, sizeof(out), &cut), 7);
	assert_true(cut);
	assert_int_equal(utf8_from_utf16(u"abcdefg", 7, out, sizeof(out), &cut), 7);
	assert_false(cut);
	assert_int_equal(utf8_from_utf16(u"abc€€", 5, out, sizeof(out), &cut), 6);
	assert_true(cut);
	assert_int_equal(utf8_from_utf16(u"a", 1, none, 1, &cut), 0);
	assert_true(cut && !none[0]);
	assert_int_equal(utf8_from_utf16(NULL, 0, none, 1, &cut), 0);
	assert_int_equal(utf8_from_utf16(low, 2, out, sizeof(out), &cut), 6);
	assert_memory_equal(out, "\xef\xbf\xbd\xef\xbf\xbd", 7);
}

/* Noise, text with a few bytes changed, and cut anywhere: clean text comes out, or none. */
static void test_noise(void **state)
{
	static const char shapes[][40] = {
		"\x01\0\0\0\x0c\0U\0\0\0\x04\x04\x08\0x\0\0\0\x7f\xff\x04\0a\0b\0c\0",
		"m\0m\0u\0=\0o\0f\0f\0 \0d\0e\0b\0u\0g\0\0", "mmu=off \xc3\xb6 debug x.efi\0\0\0",
	};
	uint64_t seed = 6;

	(void)state;
	for (uint32_t round = 0; round < 200000; round++) {
		uint32_t size = rnd_below(&seed, 41), cap = 1 + rnd_below(&seed, 60), len;
		const char *shape = shapes[rnd_below(&seed, 3)];
		uint32_t changes = rnd_below(&seed, 2) ? 40 : rnd_below(&seed, 4);
		char *in = exact(size), *out = exact(cap), wide[256];
		size_t n;
		bool cut;

		memcpy(in, shape, MIN(size, 40));
		for (uint32_t i = 0; size && i < changes; i++)
			in[rnd_below(&seed, size)] = (char)(rnd(&seed) >> 40);
		if (round & 1)
			len = cmdline_from_load_options(in, size, "\\x.efi", out, cap, &cut);
		else
			len = cmdline_from_file(in, size, out, cap, &cut);
		assert_int_equal(len, strlen(out));
		assert_true(oracle("UTF-8", "UTF-32LE", out, len, wide, sizeof(wide), &n));
		for (uint32_t i = 0; i < len; i++)
			assert_true((uint8_t)out[i] >= ' ' && out[i] != 0x7f);
		assert_true(!len || (out[0] != ' ' && out[len - 1] != ' '));
		free(in);
		free(out);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_characters), cmocka_unit_test(test_all_sequences),
		cmocka_unit_test(test_utf16), cmocka_unit_test(test_utf16_ends),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
